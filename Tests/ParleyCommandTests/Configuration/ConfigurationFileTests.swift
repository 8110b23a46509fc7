import Testing

@testable import parley

@Suite struct ConfigurationFileTests {
    @Test func readsEntries() {
        let (entries, faults) = ConfigurationFile.parse(
            """
            # a comment
            host = 0.0.0.0
              port=8080   # another
            api_keys = "a # \\"b\\" \\\\"  # quoted

            model = a#b
            cors_origins =
            """)
        #expect(faults.isEmpty)
        #expect(
            entries == [
                .init(line: 2, key: "host", value: "0.0.0.0"), .init(line: 3, key: "port", value: "8080"),
                .init(line: 4, key: "api_keys", value: "a # \"b\" \\"), .init(line: 6, key: "model", value: "a#b"),
                .init(line: 7, key: "cors_origins", value: ""),
            ])
    }

    @Test(arguments: [
        ("port", "is no 'key = value'"), ("= 3", "has no key before the '='"), ("a = \"b", "has no closing quote"),
        ("a = \"b\" c", "has text after the closing quote"),
    ])
    func reportsFaults(_ line: String, _ message: String) {
        let (entries, faults) = ConfigurationFile.parse("\r\n" + line + "\r\nhost = a")
        #expect(faults == [.init(line: 2, message: message)])
        #expect(entries == [.init(line: 3, key: "host", value: "a")])
    }
}
