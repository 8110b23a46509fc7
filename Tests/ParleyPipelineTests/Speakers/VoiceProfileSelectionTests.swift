import ParleyCore
import ParleyPipeline
import Testing

@Suite struct VoiceProfileSelectionTests {
    private let profiles: [VoiceProfile]

    init() throws {
        profiles = try ["Abel", "Ruth", "Smith, John", "山田"].map { name in
            VoiceProfile(
                id: "spk_\(name)", name: try VoiceProfileName(name), createdUnixSeconds: 0,
                print: VoicePrint(encoder: "e", values: [1], speechSeconds: 3))
        }
    }

    @Test(arguments: [
        (["all"], ["Abel", "Ruth", "Smith, John", "山田"]), (["Ruth", " ALL "], ["Abel", "Ruth", "Smith, John", "山田"]),
        (["ruth"], ["Ruth"]), (["ruth, abel"], ["Ruth", "Abel"]), (["Ruth", "RUTH,ruth"], ["Ruth"]),
        (["smith, john"], ["Smith, John"]), (["山田", "Abel,"], ["山田", "Abel"]),
    ])
    func chooses(_ words: [String], _ names: [String]) throws {
        let selection = try #require(VoiceProfileSelection(words))
        #expect(try selection.profiles(among: profiles).map(\.name.text) == names)
    }

    @Test(arguments: [[], [""], [" "], [",", " , "]]) func nothingIsAsked(_ words: [String]) {
        #expect(VoiceProfileSelection(words) == nil)
    }

    @Test(arguments: [["Ruht"], ["Ruth,Nobody"], ["Smith"], ["../../x"], ["a\u{0}"]])
    func nobody(_ words: [String]) throws {
        let selection = try #require(VoiceProfileSelection(words))
        let error = #expect(throws: VoiceProfileError.self) { try selection.profiles(among: profiles) }
        #expect(error?.code == .unknown)
    }

    @Test func allOfNone() throws {
        #expect(try VoiceProfileSelection(["all"])?.profiles(among: []) == [])
    }
}
