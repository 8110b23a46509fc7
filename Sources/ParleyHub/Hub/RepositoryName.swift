/// `owner/name` of a repository on the hub, checked.
struct RepositoryName: Sendable, Hashable {
    /// As the hub writes it.
    let text: String

    /// Reads a name.
    /// - Throws: ``HubError`` with `invalidName`.
    init(_ text: String) throws(HubError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ ModelID.isName($0) }) else {
            throw HubError(.invalidName, "'\(text)' is no repository: it takes owner/name")
        }
        self.text = text
    }
}

/// Ids of installed models and the folders that stand for them.
enum ModelID {
    /// Names in `models` that are no models of the hub.
    private static let reserved = ["bundled"]

    /// Letters, digits and `-._`; the hub's own rules, which keep every name inside its folder.
    static func isName(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.count <= 96 && !text.contains("..") && !text.contains("--")
            && !text.hasPrefix(".") && !text.hasPrefix("-") && !text.hasSuffix(".") && !text.hasSuffix("-")
            && text.utf8.allSatisfy { byte in
                let scalar = UnicodeScalar(byte)
                return byte < 128
                    && (scalar.properties.isAlphabetic || (48...57).contains(byte) || "-._".utf8.contains(byte))
            }
    }

    /// The folder's name for an id: `owner/name` becomes `owner--name`.
    /// - Throws: ``HubError`` with `invalidName`.
    static func folderName(_ id: String) throws(HubError) -> String {
        let parts = id.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ isName($0) }), !reserved.contains(id) else {
            throw HubError(.invalidName, "'\(id)' is no id of a model that can be pulled or removed")
        }
        return parts.joined(separator: "--")
    }

    /// The id that a folder's name stands for; nil for what is no model's folder.
    static func id(folderName: String) -> String? {
        guard !reserved.contains(folderName) else { return nil }
        let id = folderName.replacing("--", with: "/")
        return (try? Self.folderName(id)) == folderName ? id : nil
    }
}
