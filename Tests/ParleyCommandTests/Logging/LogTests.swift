import Foundation
import ParleyAPI
import Testing

@testable import parley

@Suite struct LogTests {
    private let time = Date(timeIntervalSince1970: 1_793_700_000.25)

    private func line(_ message: String, _ fields: [LogField], _ format: LogFormat) -> String {
        Log.line(time, .info, message, fields, format: format)
    }

    @Test func textLines() {
        #expect(
            line("request", [("path", "/v1/models"), ("status", 200), ("name", "a \"b\"")], .text)
                == "2026-11-03T10:00:00.250Z info request path=/v1/models status=200 name=\"a \\\"b\\\"\"")
    }

    @Test func jsonLines() {
        #expect(
            line("request", [("status", 200)], .json)
                == "{\"time\":\"2026-11-03T10:00:00.250Z\",\"level\":\"info\",\"message\":\"request\",\"status\":200}")
    }

    @Test(arguments: LogFormat.allCases)
    func clientsCannotForgeLines(_ format: LogFormat) {
        let text = line("a\nb", [("path", "/x\n2026 error forged\u{1B}[2J")], format)
        #expect(!text.contains("\n") && !text.contains("\u{1B}"))
    }

    @Test func levelsAreFiltered() {
        let errors = MemorySink()
        let log = Log(
            console: Console(output: MemorySink(), errors: errors), settings: LoggingSettings(level: .warning))
        log.write(.info, "not shown")
        log.write(.warning, "shown")
        log.write(.error, "shown")
        #expect(errors.lines.count == 2)
    }
}
