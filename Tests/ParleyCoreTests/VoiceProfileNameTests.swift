import ParleyCore
import Testing

@Suite struct VoiceProfileNameTests {
    @Test(arguments: [
        ("Ruth", "Ruth"), ("  Ruth \n", "Ruth"), ("../../x", "../../x"), ("Łódź 山田 👩‍🔬", "Łódź 山田 👩‍🔬"), ("A", "A"),
        ("Smith, John", "Smith, John"),
    ])
    func names(_ text: String, _ name: String) throws {
        #expect(try VoiceProfileName(text).text == name)
    }

    @Test(arguments: [
        "", "   ", "\n", "a\nb", "a\u{0}b", "a\u{7}b", "a\u{1B}[31m", "a\u{202E}b", "a\u{2028}b", "a\u{FEFF}b", "all",
        "ALL ",
        String(repeating: "x", count: 101), "x" + String(repeating: "\u{301}", count: 600),
    ])
    func noNames(_ text: String) {
        let error = #expect(throws: VoiceProfileError.self) { try VoiceProfileName(text) }
        #expect(error?.code == .nameInvalid)
    }

    @Test func longestName() throws {
        #expect(try VoiceProfileName(String(repeating: "山", count: 100)).text.count == 100)
    }

    @Test(arguments: [("Ruth", "rUTH"), ("Ärger", "a\u{308}rger"), ("ÉMILE", "émile")])
    func equalNames(_ one: String, _ other: String) throws {
        let (left, right) = (try VoiceProfileName(one), try VoiceProfileName(other))
        #expect(left == right && Set([left, right]).count == 1)
    }

    @Test(arguments: [("Ruth", "Rut"), ("Ruth", "Ruth K"), ("a", "ä")])
    func differentNames(_ one: String, _ other: String) throws {
        #expect(try VoiceProfileName(one) != VoiceProfileName(other))
    }
}
