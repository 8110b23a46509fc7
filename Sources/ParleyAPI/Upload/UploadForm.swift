/// The parts of a request: text in memory, the recording on disk.
struct UploadForm: Sendable {
    /// A text part.
    struct Field: Sendable, Hashable {
        var name: String
        var value: String
    }

    /// A recording.
    struct Recording: Sendable {
        var file: SpoolFile
        /// What the client calls it, without folders; shown in messages.
        var displayName: String
    }

    var fields: [Field] = []
    var recording: Recording?
}
