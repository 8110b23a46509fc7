import ParleyCore
import ParleyHTTP
import Testing

@Suite struct MultipartParserTests {
    /// Parts with their data joined, so that results can be compared whatever the cuts were.
    struct Part: Equatable {
        var headers: MultipartPart
        var data: [UInt8] = []
        var isComplete = false
    }

    /// Parses a body that is pushed in the given pieces.
    static func parse(_ pieces: [[UInt8]], boundary: String = "b", limits: MultipartLimits = MultipartLimits())
        -> Result<[Part], MultipartError>
    {
        var parser = MultipartParser(boundary: boundary, limits: limits)
        var parts: [Part] = []
        do throws(MultipartError) {
            for piece in pieces {
                for event in try parser.push(piece) {
                    switch event {
                    case .partBegan(let headers):
                        #expect(parts.last?.isComplete != false)
                        parts.append(Part(headers: headers))
                    case .data(let data):
                        #expect(!data.isEmpty && parts.last?.isComplete == false)
                        parts[parts.count - 1].data += data
                    case .partEnded:
                        #expect(parts.last?.isComplete == false)
                        parts[parts.count - 1].isComplete = true
                    }
                }
            }
            _ = try parser.finish()
            return .success(parts)
        } catch {
            return .failure(error)
        }
    }

    static func parse(_ text: String, boundary: String = "b", limits: MultipartLimits = MultipartLimits())
        -> Result<[Part], MultipartError>
    {
        parse([Array(text.utf8)], boundary: boundary, limits: limits)
    }

    private static func part(_ headers: String, _ data: String) -> String { "--b\r\n\(headers)\r\n\r\n\(data)\r\n" }

    private static func named(_ name: String, _ data: String) -> String {
        part("Content-Disposition: form-data; name=\"\(name)\"", data)
    }

    /// Everything that is awkward in one body.
    static let awkward =
        "a preamble\r\n-- b\r\n" + named("model", "whisper-1") + named("timestamp_granularities[]", "word")
        + part(
            "content-disposition: form-data; name=\"file\"; filename=\"a;b \\\"c\\\" C:\\d.wav\"\r\nContent-Type: audio/wav",
            "RIFF\r\n--\r\n--a\r\n-b\r\r\n\n--\r\n--")
        + named("empty", "")
        + part("Content-Disposition: form-data; filename=x; filename*=UTF-8''na%C3%AFve%20%22.wav; name=star", "\r\n")
        + "--b--\r\nan epilogue --b"

    @Test func readsFieldsAndFiles() throws {
        let parts = try Self.parse(Self.awkward).get()
        #expect(parts.map(\.headers.name) == ["model", "timestamp_granularities[]", "file", "empty", "star"])
        #expect(parts.map(\.headers.filename) == [nil, nil, "a;b \"c\" C:\\d.wav", nil, "naïve \".wav"])
        #expect(parts.map(\.headers.contentType) == [nil, nil, "audio/wav", nil, nil])
        #expect(
            parts.map { String(decoding: $0.data, as: UTF8.self) }
                == ["whisper-1", "word", "RIFF\r\n--\r\n--a\r\n-b\r\r\n\n--\r\n--", "", "\r\n"])
    }

    @Test func givesTheSameForEveryCut() throws {
        let bytes = Array(Self.awkward.utf8)
        let whole = Self.parse([bytes])
        #expect(Self.parse(bytes.map { [$0] }) == whole)
        for cut in 0...bytes.count {
            #expect(Self.parse([Array(bytes[..<cut]), Array(bytes[cut...])]) == whole, "cut at \(cut)")
        }
    }

    @Test func noticesEveryTruncation() {
        let bytes = Array(Self.awkward.utf8)
        let end = Self.awkward.utf8.count - "\r\nan epilogue --b".utf8.count
        for length in 0..<end {
            let result = Self.parse([Array(bytes[..<length])])
            #expect(result == .failure(.missingBoundary) || result == .failure(.missingTerminator), "\(length)")
        }
        #expect(Self.parse([Array(bytes[..<end])]) == Self.parse(Self.awkward))
    }

    @Test(arguments: [
        ("", MultipartError.missingBoundary),
        ("no boundary at all", .missingBoundary),
        ("--c\r\n", .missingBoundary),
        ("--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx", .missingTerminator),
        ("--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--b", .missingTerminator),
        ("--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--b-", .missingTerminator),
        ("--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--", .partWithoutName),
        ("--b\r\nContent-Disposition: form-data; name=\"\"\r\n\r\nx\r\n--b--", .partWithoutName),
        ("--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--", .partWithoutName),
        ("--b\r\n\r\nx\r\n--b--", .partWithoutName),
        ("--b\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--b--", .malformedHeader),
        ("--b\r\nContent-Disposition: form-data; name=a; name=b\r\n\r\nx\r\n--b--", .malformedHeader),
        ("--b\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx\r\n--b--", .malformedHeader),
        ("--b\r\nno colon\r\n\r\nx\r\n--b--", .malformedHeader),
        ("--b\r\nContent-Disposition: form-data;\r\n name=a\r\n\r\nx\r\n--b--", .malformedHeader),
        ("--bc\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--b--", .malformedHeader),
        ("--b-c\r\n", .malformedHeader),
    ])
    func refuses(body: String, with error: MultipartError) {
        #expect(Self.parse(body) == .failure(error))
        #expect(Self.parse(Array(body.utf8).map { [$0] }) == .failure(error))
    }

    @Test func holdsItsLimits() {
        let limits = MultipartLimits(maximumParts: 2, maximumHeaderBytes: 100)
        let parts = Self.named("a", "1") + Self.named("b", "2")
        #expect((try? Self.parse(parts + "--b--", limits: limits).get().count) == 2)
        #expect(Self.parse(parts + Self.named("c", "3") + "--b--", limits: limits) == .failure(.tooManyParts))
        let long = String(repeating: "n", count: 200)
        #expect(Self.parse(Self.named(long, "1") + "--b--", limits: limits) == .failure(.headerTooLarge))
        #expect(Self.parse("--b\r\n" + long, limits: limits) == .failure(.headerTooLarge))
        #expect(Self.parse(long + long, limits: limits) == .failure(.missingBoundary))
        #expect(Self.parse("--b\r\n\r\n", boundary: "", limits: limits) == .failure(.missingBoundary))
    }

    @Test func keepsFailing() {
        var parser = MultipartParser(boundary: "b")
        #expect(throws: MultipartError.malformedHeader) { try parser.push(Array("--bxy".utf8)) }
        #expect(throws: MultipartError.malformedHeader) { try parser.push(Array("\r\n--b--".utf8)) }
        #expect(throws: MultipartError.malformedHeader) { try parser.finish() }
    }

    @Test(arguments: [
        ("multipart/form-data; boundary=abc", "abc"),
        ("Multipart/Form-Data;charset=utf-8; BOUNDARY=\"a b;c\"", "a b;c"),
        ("multipart/form-data", nil),
        ("multipart/form-data; boundary=", nil),
        ("multipart/form-data; boundary=\"", nil),
        ("multipart/mixed; boundary=abc", nil),
        ("audio/wav", nil),
        ("multipart/form-data; boundary=a\u{e9}", nil),
        ("multipart/form-data; boundary=" + String(repeating: "x", count: 201), nil),
    ])
    func findsBoundary(contentType: String, boundary: String?) {
        #expect(MultipartParser.boundary(fromContentType: contentType) == boundary)
    }

    /// Changed bodies never crash the parser, and what comes out doesn't depend on the cuts.
    @Test func standsMutatedBodies() {
        var random = SplitMix64(seed: 20_260_101)
        let original = Array(Self.awkward.utf8)
        let tokens = ["\r\n--b", "--b--", "\r\n\r\n", "\r", "\n", "--", ";", "\"", "\\", "name=", "%", "*=", ":", "\0"]
            .map { Array($0.utf8) }
        for _ in 0..<1_500 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
                case 1: bytes.insert(contentsOf: tokens.randomElement(using: &random) ?? [], at: place)
                case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...9, using: &random)))
                default: bytes.swapAt(place, Int.random(in: 0..<bytes.count, using: &random))
                }
            }
            let whole = Self.parse([bytes])
            var pieces: [[UInt8]] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...40, using: &random))
                pieces.append(Array(piece))
                rest = rest.dropFirst(piece.count)
            }
            #expect(Self.parse(pieces) == whole)
        }
    }
}
