import Testing

@testable import parley

@Suite struct ArgumentParserTests {
    private let parser = ArgumentParser(options: [
        OptionSpec("format", .value("NAME"), short: "f", isRepeatable: true, "Form"),
        OptionSpec("output", .value("DIR"), "Folder"),
        OptionSpec("diarize", .onOff, "Speakers"),
        .flag("quiet", short: "q", "Silence"),
    ])

    struct Case: Sendable, CustomTestStringConvertible {
        let words: [String]
        var values: [String: [String]] = [:]
        var operands: [String] = []
        var testDescription: String { words.joined(separator: " ") }
    }

    @Test(arguments: [
        Case(words: []),
        Case(words: ["a.wav", "b.wav"], operands: ["a.wav", "b.wav"]),
        Case(words: ["--output", "out", "a.wav"], values: ["output": ["out"]], operands: ["a.wav"]),
        Case(words: ["--output=out=1"], values: ["output": ["out=1"]]),
        Case(words: ["--output="], values: ["output": [""]]),
        Case(words: ["a", "--quiet", "b"], values: ["quiet": ["true"]], operands: ["a", "b"]),
        Case(words: ["-q", "-f", "srt"], values: ["quiet": ["true"], "format": ["srt"]]),
        Case(words: ["--format", "srt", "--format=vtt,tsv"], values: ["format": ["srt", "vtt,tsv"]]),
        Case(words: ["--diarize"], values: ["diarize": ["true"]]),
        Case(words: ["--no-diarize"], values: ["diarize": ["false"]]),
        Case(words: ["-"], operands: ["-"]),
        Case(words: ["--output", "-"], values: ["output": ["-"]]),
        Case(words: ["--", "--quiet", "-q"], operands: ["--quiet", "-q"]),
        Case(words: ["-h"], values: ["help": ["true"]]),
    ])
    func reads(_ example: Case) throws {
        let parsed = try parser.parse(example.words)
        #expect(parsed.values == example.values)
        #expect(parsed.operands == example.operands)
    }

    @Test(arguments: [
        (["--formt", "srt"], "unknown option --formt; did you mean --format?"),
        (["--no-dairize"], "unknown option --no-dairize; did you mean --no-diarize?"),
        (["--zebra"], "unknown option --zebra"),
        (["-x"], "unknown option -x"),
        (["-qf"], "unknown option -qf"),
        (["--output"], "--output needs a value: --output DIR"),
        (["--output", "--quiet"], "--output needs a value: --output DIR"),
        (["-f"], "-f needs a value: -f NAME"),
        (["--quiet=yes"], "--quiet takes no value"),
        (["--no-diarize=1"], "--no-diarize takes no value"),
        (["--no-quiet"], "unknown option --no-quiet; did you mean --quiet?"),
    ])
    func refuses(_ words: [String], _ message: String) {
        #expect(throws: UsageError(message)) { try parser.parse(words) }
    }

    @Test func listsTakeCommasApart() throws {
        let parsed = try parser.parse(["--format", "srt, vtt,,", "--format", "tsv"])
        #expect(parsed.list("format") == ["srt", "vtt", "tsv"])
    }

    @Test(arguments: ["0", "101", "-1", "two", "1.5", ""])
    func integersKeepTheirRange(_ text: String) throws {
        let parsed = try parser.parse(["--output", text])
        #expect(throws: UsageError("--output takes a whole number from 1 to 100, not '\(text)'")) {
            try parsed.integer("output", in: 1...100)
        }
    }

    @Test(arguments: [
        ("transcibe", "transcribe"), ("sevre", "serve"), ("modles", "models"), ("dokter", "doctor"), ("qqqq", nil),
        ("", nil),
    ])
    func nearestName(_ typed: String, _ meant: String?) {
        #expect(NearestName.of(typed, among: CommandTable.all.map(\.name)) == meant)
    }
}
