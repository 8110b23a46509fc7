import Foundation
import ParleyAPI

/// Importance of a log message, least first.
enum LogLevel: String, Sendable, CaseIterable, Comparable {
    case debug
    case info
    case warning
    case error

    static func < (left: LogLevel, right: LogLevel) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}

/// Form of a log line.
enum LogFormat: String, Sendable, CaseIterable {
    /// `2026-11-03T10:00:00.000Z info message key=value`
    case text
    /// One JSON object on each line.
    case json
}

/// A named value of a log line.
typealias LogField = (name: String, value: JSONValue)

/// Writes log lines to standard error.
struct Log: Sendable {
    private let console: Console
    private let settings: LoggingSettings
    private let now: @Sendable () -> Date

    init(console: Console, settings: LoggingSettings, now: @escaping @Sendable () -> Date = { Date() }) {
        self.console = console
        self.settings = settings
        self.now = now
    }

    /// Writes one line when the level is important enough.
    ///
    /// Never give it bodies, keys, query strings or transcripts.
    func write(_ level: LogLevel, _ message: String, _ fields: [LogField] = []) {
        guard level >= settings.level else { return }
        console.note(Self.line(now(), level, message, fields, format: settings.format))
    }

    /// The line without its break.
    static func line(
        _ time: Date, _ level: LogLevel, _ message: String, _ fields: [LogField], format: LogFormat
    ) -> String {
        let stamp = time.formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true))
        switch format {
        case .text:
            let pairs = fields.map { " \($0.name)=\(plain($0.value))" }.joined()
            return "\(stamp)Z \(level.rawValue) \(singleLine(message))\(pairs)"
        case .json:
            let head: [LogField] = [
                ("time", .string(stamp + "Z")), ("level", .string(level.rawValue)), ("message", .string(message)),
            ]
            return JSONValue.object((head + fields).map { .init($0.name, $0.value) }).text
        }
    }

    private static func plain(_ value: JSONValue) -> String {
        guard case .string(let text) = value else { return value.text }
        let needsQuotes = text.isEmpty || text.contains { $0.isWhitespace || "\"=\\".contains($0) }
        return needsQuotes ? value.text : singleLine(text)
    }

    /// Control characters would let a client forge lines or drive the terminal.
    private static func singleLine(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
    }
}
