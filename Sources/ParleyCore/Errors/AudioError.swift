/// Why a recording could not be decoded.
public struct AudioError: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure.
    ///
    /// Every one is the input's fault except ``internalFailure``.
    public enum Code: String, Sendable, CaseIterable {
        /// The file has no bytes.
        case empty
        /// The file can't be opened or read at all.
        case unreadable
        /// Not a recording that FFmpeg knows, or a kind that is refused (playlists, concatenations, references).
        case unsupportedFormat
        /// A container without an audio track, or without the track asked for.
        case noAudioTrack
        /// The data are damaged and nothing usable came out.
        case corrupt
        /// The audio ends before the shortest length that can be transcribed.
        case tooShort
        /// Longer than the configured limit.
        case tooLong
        /// More channels than the configured limit.
        case tooManyChannels
        /// One channel where several are needed.
        case tooFewChannels
        /// More bytes than the configured limit.
        case tooLarge
        /// A fault of this machine: no memory, a broken library.
        case internalFailure
    }

    /// What went wrong.
    public var code: Code
    /// A sentence that is safe to show to a client: no path, no library internals.
    public var message: String
    /// The library's own words or error, for logs only.
    public var underlying: String?

    /// Makes an error.
    public init(_ code: Code, _ message: String, underlying: String? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }

    /// The audio ends before the shortest length that is taken.
    public static func tooShort(_ seconds: Double, minimum: Double) -> AudioError {
        AudioError(.tooShort, "The audio is too short: \(seconds) seconds; the minimum is \(minimum) seconds.")
    }

    /// Code, message and cause on one line, for logs.
    public var description: String {
        underlying.map { "\(code.rawValue): \(message) (\($0))" } ?? "\(code.rawValue): \(message)"
    }
}
