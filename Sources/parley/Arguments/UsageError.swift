/// A command line that can't be understood: one line, and how to go on.
struct UsageError: Error, Sendable, Hashable {
    /// What is wrong, without a full stop.
    var message: String

    init(_ message: String) { self.message = message }

    /// An unknown name, with the nearest one that exists.
    static func unknown(_ kind: String, _ name: String, among known: [String]) -> UsageError {
        let hint = NearestName.of(name, among: known).map { "; did you mean \($0)?" } ?? ""
        return UsageError("unknown \(kind) \(name)\(hint)")
    }
}
