import Testing

@testable import ParleySpeech

@Suite struct WindowAssignmentTests {
    private func unit(_ index: Int) -> [Float] { (0..<8).map { $0 == index ? 1 : 0 } }

    private func voice(_ embedding: [Float], index: Int) -> LocalSpeaker {
        LocalSpeaker(window: 0, index: index, speechSeconds: 2, embedding: embedding)
    }

    @Test func voicesOfOneWindowAreDifferentPeople() {
        // The same voice twice at the same time: an echo, but the network says two.
        let echo = [voice(unit(0), index: 0), voice(unit(0), index: 1)]
        let two = [unit(0), Vector.normalized(Vector.sum(unit(0), unit(1), weight: 0.1))]
        #expect(Set(WindowAssignment.people(of: echo, among: two)).count == 2)
    }

    @Test func moreVoicesThanPeopleShareThem() {
        let voices = (0..<3).map { voice(unit($0), index: $0) }
        let assigned = WindowAssignment.people(of: voices, among: [unit(0), unit(1)])
        #expect(assigned[0] == 0)
        #expect(assigned[1] == 1)
        #expect((0...1).contains(assigned[2]))
    }
}
