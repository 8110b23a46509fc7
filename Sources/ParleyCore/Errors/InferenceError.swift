/// Why a model could not be loaded or run.
public struct InferenceError: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure.
    public enum Code: String, Sendable, CaseIterable {
        /// The inference library is not where it should be.
        case libraryMissing
        /// The inference library is older than the interface that is needed, or not that library at all.
        case libraryIncompatible
        /// A model's file or folder does not exist.
        case modelMissing
        /// A model's file is damaged or is not a model.
        case modelCorrupt
        /// A model file that loads but has other inputs, outputs or metadata than its family needs.
        case modelForeign
        /// The asked device can't be had.
        case deviceUnavailable
        /// A run was given tensors of the wrong shape or type.
        case invalidArgument
        /// No memory for the run.
        case outOfMemory
        /// The library reported a failure while running.
        case runFailed
    }

    /// What went wrong.
    public var code: Code
    /// The model's name, where one is concerned.
    public var model: String?
    /// A sentence that says what to do; safe to show to a client.
    public var message: String
    /// The library's own words, for logs only.
    public var underlying: String?

    /// Makes an error.
    public init(_ code: Code, model: String? = nil, _ message: String, underlying: String? = nil) {
        self.code = code
        self.model = model
        self.message = message
        self.underlying = underlying
    }

    /// Everything on one line, for logs.
    public var description: String {
        let subject = model.map { "\($0): " } ?? ""
        let cause = underlying.map { " (\($0))" } ?? ""
        return "\(code.rawValue): \(subject)\(message)\(cause)"
    }
}
