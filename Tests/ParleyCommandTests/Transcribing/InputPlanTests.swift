import Testing

@testable import parley

@Suite struct InputPlanTests {
    @Test(arguments: [
        (["a.wav"], ["a"]),
        (["a.wav", "b.wav"], ["a", "b"]),
        (["a.wav", "a.mp3", "x/a.ogg"], ["a", "a-2", "a-3"]),
        (["a.wav", "a.mp3", "a-2.wav"], ["a", "a-3", "a-2"]),
        (["a-2.wav", "a.wav", "a.mp3"], ["a-2", "a", "a-3"]),
        (["-", "stdin.wav"], ["stdin", "stdin-2"]),
        ([".hidden", "dir/archive.tar.gz", "noextension"], [".hidden", "archive.tar", "noextension"]),
    ])
    func everyInputHasAStemOfItsOwn(_ operands: [String], _ stems: [String]) throws {
        #expect(try InputPlan.make(operands).map(\.outputStem) == stems)
    }

    @Test func refusesNoInputAndStandardInputTwice() {
        #expect(throws: UsageError.self) { try InputPlan.make([]) }
        #expect(throws: UsageError.self) { try InputPlan.make(["-", "a", "-"]) }
    }

    @Test func namesCannotDriveTheTerminal() throws {
        #expect(try InputPlan.make(["x/\u{1B}[2Ja\n.wav"])[0].displayName == "?[2Ja?.wav")
    }
}
