/// `model.json` in a pulled model's folder: where it comes from and what belongs to it.
public struct ModelManifest: Sendable, Hashable, Codable {
    /// One file.
    public struct File: Sendable, Hashable, Codable {
        /// Path in the folder.
        public var path: String
        /// Length.
        public var bytes: Int
        /// SHA-256 in small hexadecimal digits.
        public var sha256: String
    }

    /// Id by which clients name the model.
    public var id: String
    /// Repository on the hub.
    public var repository: String
    /// Revision that was asked for.
    public var revision: String
    /// Commit that it stood for.
    public var commit: String
    /// Licence as the catalog or the model card names it; empty when neither does.
    public var licence: String
    /// Precisions of the networks.
    public var precisions: [Precision]
    /// All files but this one.
    public var files: [File]
    /// When it was pulled, ISO 8601 in UTC.
    public var pulledAt: String

    private enum CodingKeys: String, CodingKey {
        case id, repository, revision, commit, licence, precisions, files
        case pulledAt = "pulled_at"
    }

    /// Bytes of all files.
    public var byteCount: Int { files.reduce(0) { $0 + $1.bytes } }
}
