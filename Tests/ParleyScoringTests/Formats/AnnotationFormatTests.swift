import ParleyCore
import ParleyScoring
import Testing

@Suite struct AnnotationFormatTests {
    private func file(_ text: String) -> AnnotationFile { AnnotationFile(name: "talk", text: text) }

    /// The error of reading a text.
    private func failure(_ read: () throws -> Void) -> ScoringError? {
        do {
            try read()
            return nil
        } catch { return error as? ScoringError }
    }

    @Test func rttmOfSeveralRecordings() throws {
        let turns = try RTTMReader.turns(
            of: file(
                """
                ;; a comment
                SPKR-INFO a 1 <NA> <NA> <NA> unknown Anne <NA> <NA>
                SPEAKER a 1 0.5 1.25 <NA> <NA> Anne <NA> <NA>\r

                SPEAKER\tb\t1\t3\t0\t<NA>\t<NA>\tÉmile\t<NA>
                SPEAKER a 1 1 1 <NA> <NA> Bob
                """))
        #expect(turns.keys.sorted() == ["a", "b"])
        #expect(turns["a"]?.map(\.speaker) == ["Anne", "Bob"])
        #expect(turns["a"]?.first?.span == TimeSpan(startSeconds: 0.5, endSeconds: 1.75))
        #expect(turns["b"]?.map(\.speaker) == ["Émile"])
    }

    @Test(arguments: [
        ("SPEAKER a 1 0 1 <NA> <NA>", ScoringError.Code.malformed), ("hello", .malformed),
        ("SPEAKER a 1 nan 1 <NA> <NA> A", .badTime), ("SPEAKER a 1 0 inf <NA> <NA> A", .badTime),
        ("SPEAKER a 1 -1 1 <NA> <NA> A", .badTime), ("SPEAKER a 1 0 -1 <NA> <NA> A", .badTime),
        ("SPEAKER a 1 0 1e300 <NA> <NA> A", .badTime), ("SPEAKER a 1 zero 1 <NA> <NA> A", .badTime),
    ])
    func badRTTM(_ line: String, _ code: ScoringError.Code) {
        let error = failure { _ = try RTTMReader.turns(of: file("SPEAKER a 1 0 1 <NA> <NA> A <NA> <NA>\n\n\(line)\n")) }
        #expect(error?.code == code)
        #expect(error?.line == 3)
        #expect(error?.fileName == "talk")
    }

    @Test func contentsAreNotRepeated() {
        let error = failure { _ = try RTTMReader.turns(of: file("SPEAKER a 1 \u{1B}[2J 1 <NA> <NA> secret")) }
        #expect(error?.description == "talk, line 1: the start is no number of seconds from 0 to 10000000")
    }

    @Test func bytesThatAreNoText() throws {
        #expect(failure { _ = try AnnotationFile(name: "talk", bytes: [0xFF, 0xFE, 0x00]) }?.code == .notText)
        let marked = try AnnotationFile(name: "talk", bytes: [0xEF, 0xBB, 0xBF] + Array("a 1 0 1".utf8))
        #expect(try UEMReader.regions(of: marked).keys.first == "a")
    }

    @Test func uem() throws {
        let regions = try UEMReader.regions(of: file("a 1 0 2\na 1 5 6.5\nb NA 1 1\n"))
        #expect(regions["a"]?.map(\.durationSeconds) == [2, 1.5])
        #expect(regions["b"]?.map(\.durationSeconds) == [0])
        #expect(failure { _ = try UEMReader.regions(of: file("a 1 2 1")) }?.code == .badTime)
        #expect(failure { _ = try UEMReader.regions(of: file("a 1 2")) }?.code == .malformed)
    }

    @Test func stm() throws {
        let turns = try STMReader.turns(
            of: file("a 1 Anne 0 1 <o,f0,male> Good  morning.\na 1 Bob 1 2\na 1 Anne 2 3 <laughs> a < b > c\n"))
        #expect(turns["a"]?.map(\.text) == [" Good  morning.", "", " a < b > c"])
        #expect(turns["a"]?.map(\.speaker) == ["Anne", "Bob", "Anne"])
        #expect(failure { _ = try STMReader.turns(of: file("a 1 Anne 0")) }?.line == 1)
        #expect(failure { _ = try STMReader.turns(of: file("a 1 Anne 2 1 hello")) }?.code == .badTime)
    }

    @Test func diarizedJSON() throws {
        let turns = try TranscriptJSONReader.turns(
            of: file(
                """
                {"task": "transcribe", "duration": 3, "segments": [
                 {"type": "transcript.text.segment", "id": "seg_1", "speaker": "A", "start": 0.5, "end": 1, "text": "Hi."},
                 {"speaker": 7, "start": 1, "end": 2, "text": "you", "words": [{"word": "you"}]},
                 {"id": 3, "start": 2, "end": 3, "text": "there"}]}
                """), recording: "talk")
        #expect(turns.keys.sorted() == ["talk"])
        #expect(turns["talk"]?.map(\.speaker) == ["A", "7", ""])
        #expect(turns["talk"]?.map(\.text) == ["Hi.", "you", "there"])
    }

    @Test func segLST() throws {
        let turns = try TranscriptJSONReader.turns(
            of: file(
                """
                [{"session_id": "a", "speaker": "A", "start_time": 0, "end_time": 1, "words": "Hi there"},
                 {"session_id": "b", "speaker": "B", "start_time": 2.5, "words": ""}]
                """), recording: "talk")
        #expect(turns.keys.sorted() == ["a", "b"])
        #expect(turns["b"]?.first == SpokenTurn(speaker: "B", startSeconds: 2.5, text: ""))
    }

    @Test(
        arguments: [
            (#"{"segments": [{"speaker": "A", "start": 0}]}"#, ScoringError.Code.malformed, 1),
            (#"[{"words": "x"}, {"words": [1]}]"#, .malformed, 2), (#"{"text": "hello"}"#, .malformed, nil),
            (#"[{"words": "x", "start_time": -1}]"#, .badTime, 1), (#"{"segments": "#, .notText, nil),
            (String(repeating: "[", count: 100_000), .notText, nil), ("[1]", .malformed, 1),
        ] as [(String, ScoringError.Code, Int?)])
    func badJSON(_ text: String, _ code: ScoringError.Code, _ line: Int?) {
        let error = failure { _ = try TranscriptJSONReader.turns(of: file(text), recording: "talk") }
        #expect(error?.code == code)
        #expect(error?.line == line)
    }

    @Test func recordingPairs() throws {
        let pairs = try RecordingPairs(reference: ["b", "a"], hypothesis: ["b", "c"])
        #expect(pairs.pairs.map(\.reference) == ["a", "b"])
        #expect(pairs.pairs.map(\.hypothesis) == [nil, "b"])
        #expect(pairs.unknown == ["c"])
        // One recording on each side is the same one, whatever the files call it.
        #expect(try RecordingPairs(reference: ["talk"], hypothesis: ["talk_16k"]).pairs.first?.hypothesis == "talk_16k")
        #expect(failure { _ = try RecordingPairs(reference: [], hypothesis: ["a"]) }?.code == .nothingToScore)
        #expect(failure { _ = try RecordingPairs(reference: ["a", "b"], hypothesis: ["c"]) }?.code == .nothingToScore)
    }
}
