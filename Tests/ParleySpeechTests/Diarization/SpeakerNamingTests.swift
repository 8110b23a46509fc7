import Testing

@testable import ParleySpeech

@Suite struct SpeakerNamingTests {
    private func voice(_ x: Float, _ y: Float, _ z: Float = 0) -> [Float] { Vector.normalized([x, y, z]) }

    @Test func lettersInOrderOfAppearance() {
        var naming = SpeakerNaming(acceptance: 0.8, known: [])
        #expect(naming.names(for: [voice(1, 0), voice(0, 1)]) == ["A", "B"])
    }

    @Test func aKnownVoiceGetsItsName() {
        var naming = SpeakerNaming(acceptance: 0.8, known: [.init(name: "Ann", embedding: voice(0, 1))])
        #expect(naming.names(for: [voice(1, 0), voice(0.1, 1)]) == ["A", "Ann"])
    }

    @Test func aStrangerIsNeverGivenAKnownName() {
        var naming = SpeakerNaming(acceptance: 0.8, known: [.init(name: "Ann", embedding: voice(0, 1))])
        #expect(naming.names(for: [voice(1, 0), voice(1, 0.9)]) == ["A", "B"])
    }

    @Test func twoVoicesNeverShareAName() {
        var naming = SpeakerNaming(acceptance: 0.8, known: [.init(name: "Ann", embedding: voice(0, 1))])
        #expect(naming.names(for: [voice(0.1, 1), voice(0.05, 1)]) == ["A", "Ann"])
    }

    @Test func lettersAvoidKnownNames() {
        var naming = SpeakerNaming(acceptance: 0.8, known: [.init(name: "A", embedding: voice(0, 1))])
        #expect(naming.names(for: [voice(1, 0)]) == ["B"])
    }

    @Test func namesStayWithTheirPeople() {
        var naming = SpeakerNaming(acceptance: 0.8, known: [])
        #expect(naming.names(for: [voice(1, 0), voice(0, 1)]) == ["A", "B"])
        #expect(naming.names(for: [voice(0.1, 1), voice(1, 0.1)]) == ["B", "A"])
        #expect(naming.names(for: [voice(0.1, 1), voice(0, 0, 1), voice(1, 0.1)]) == ["B", "C", "A"])
        #expect(naming.names(for: [voice(1, 0)]) == ["A"])
    }

    @Test func thereAreAlwaysMoreLetters() {
        var naming = SpeakerNaming(acceptance: 0.8, known: [])
        let names = naming.names(for: (0..<60).map { voice(1, Float($0)) })
        #expect(Set(names).count == 60)
        #expect(names[25] == "Z")
        #expect(names[26] == "AA")
    }
}
