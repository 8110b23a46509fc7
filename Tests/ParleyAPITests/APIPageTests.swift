import ParleyHTTP
import ParleyTestSupport
import Testing

@testable import ParleyAPI

/// `docs/api.md` tells everything that the tables of routes, fields, models and errors hold.
@Suite struct APIPageTests {
    private let page: String

    init() throws { page = try RepositoryFile.text("docs/api.md") }

    @Test func routes() {
        for route in RouteTable.routes {
            #expect(page.contains("| `\(route.method) \(route.pattern)` |"), "\(route.method) \(route.pattern)")
        }
    }

    @Test(arguments: ParameterTable.transcriptions.parameters.map(\.wireName))
    func fieldsOfTranscriptions(_ name: String) {
        #expect(page.contains("| `\(name)` |"))
    }

    @Test(arguments: ParameterTable.translations.parameters.map(\.wireName))
    func fieldsOfTranslations(_ name: String) throws {
        let start = try #require(page.firstRange(of: "\n## Translations\n"))
        let section = page[start.upperBound...].prefix { $0 != "{" }
        #expect(section.contains("`\(name)`"))
    }

    @Test func fieldsThatDoNotExist() throws {
        let start = try #require(page.firstRange(of: "| field | value |"))
        let rows = page[start.upperBound...].split(separator: "\n", omittingEmptySubsequences: false)
            .prefix { $0.hasPrefix("|") || $0.hasPrefix(" ") }.filter { $0.hasPrefix("| `") }
        let names = rows.map { String($0.dropFirst(3).prefix { $0 != "`" }) }
        #expect(names == ParameterTable.transcriptions.parameters.map(\.wireName))
    }

    @Test func membersOfChunkingStrategy() {
        for name in ChunkingStrategy.memberNames { #expect(page.contains("`\(name)`")) }
    }

    @Test(arguments: ModelContract.aliases)
    func models(_ contract: ModelContract) {
        let formats = contract.formats.map { "`\($0.rawValue)`" }
        let row = page.split(separator: "\n").first { $0.hasPrefix("| `\(contract.id)` |") } ?? ""
        let cells = row.split(separator: "|").map { $0.split(separator: " ").map(String.init) }
        #expect(cells.count == 5 && Set(cells[1]) == Set(formats))
        #expect(cells.count == 5 && cells[2] == [contract.usage == .tokens ? "tokens" : "duration"])
    }

    @Test(arguments: TranscriptFormat.allCases)
    func formats(_ format: TranscriptFormat) {
        #expect(page.contains("**`\(format.rawValue)`**"))
    }

    @Test(arguments: ["transcript.text.delta", "transcript.text.segment", "transcript.text.done"])
    func streamEvents(_ type: String) {
        #expect(page.contains("| `\(type)` |"))
    }

    @Test(
        arguments: [
            .malformedRequestLine, .unsupportedVersion, .malformedHeader, .headersTooLarge, .badTarget, .missingHost,
            .invalidContentLength, .conflictingFraming, .unsupportedTransferCoding, .unsupportedExpectation,
            .headerTimeout, .bodyTimeout, .tooManyConnections,
        ] as [HTTPProtocolError])
    func refusalsOfTheEngine(_ error: HTTPProtocolError) {
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| \(error.status) |") }
        #expect(rows.contains { $0.contains("`\(error.code)`") })
    }
}
