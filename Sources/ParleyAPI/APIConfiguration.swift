public import ParleyCore

/// What an operator can decide about the API.
///
/// Values only; reading settings is the executable's matter.
public struct APIConfiguration: Sendable {
    /// Keys that clients may present as `Authorization: Bearer <key>`.
    ///
    /// Default: none, and no key is asked for.
    public var apiKeys: Set<String> = []
    /// Origins whose web pages may call the API (`https://example.org`), or `*` for all.
    ///
    /// Default: none.
    public var allowedOrigins: Set<String> = []
    /// The longest recording that may be uploaded, in bytes.
    ///
    /// Default 4 GiB; OpenAI's own limit is 26,214,400.
    public var maximumUploadBytes = 4 << 30
    /// Bytes that a form may have beside the recording: text fields and the references of known speakers.
    public static let formAllowanceBytes = FormReader.maximumTextBytes + 4 * FormReader.maximumDataURLBytes
    /// How speech is found where a request does not say it.
    public var speechDetection = SpeechDetectionOptions()
    /// How the text is searched for where a request does not say it.
    public var decoding = DecodingOptions()
    /// The folder in which uploads are kept while they are worked on, in a private folder of their own.
    public var spoolParent = "/tmp"
    /// How often a stream that has nothing to say sends a comment, so that proxies keep it open.
    ///
    /// Default 15 s.
    public var keepAliveInterval: Duration = .seconds(15)
    /// The program's version, shown by `/health` and `/openapi.json`.
    public var version = "0.1.0"

    /// The defaults.
    public init() {}
}

/// Whether the server can do its work.
public enum Readiness: String, Sendable, CaseIterable {
    /// Requests are served.
    case ready = "ok"
    /// Models are being loaded.
    case loading
    /// The server is shutting down.
    case draining
}
