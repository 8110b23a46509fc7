import Foundation

/// A file of a repository as the hub announces it.
struct HubFile: Sendable, Hashable {
    /// Path in the repository, checked: it leads nowhere else.
    let path: String
    /// Length.
    let byteCount: Int
    /// SHA-256 of large files, Git's blob name of small ones.
    let digest: Digest

    /// The path's last part.
    var name: Substring { path.split(separator: "/").last ?? "" }
    /// What precedes the name, with the slash; empty for a file at the root.
    var folder: Substring { path.dropLast(name.count) }
}

/// What the hub says about one commit of a repository.
struct HubListing: Sendable, Hashable {
    /// Commit that the revision stands for.
    let commit: String
    /// Licence of the model card; nil when it names none.
    let license: String?
    /// All files.
    let files: [HubFile]

    /// Reads the answer of `/api/models/{repository}/revision/{revision}?blobs=true`.
    ///
    /// Everything in it is taken for hostile: names that lead out of the folder, absurd sizes, missing checksums.
    /// - Throws: ``HubError`` with `hubFault`.
    init(_ data: Data) throws(HubError) {
        let document: Document
        do {
            document = try JSONDecoder().decode(Document.self, from: data)
        } catch {
            throw HubError(
                .hubFault, "the hub's answer can't be understood; is the hub's address right?",
                underlying: String(describing: error))
        }
        guard Self.isHexadecimal(document.sha, count: 40) else {
            throw HubError(.hubFault, "the hub names no commit")
        }
        commit = document.sha
        license = document.cardData?.license?.first
        var files: [HubFile] = []
        var paths = Set<String>()
        for sibling in document.siblings {
            guard FileName.isSafe(sibling.rfilename), paths.insert(sibling.rfilename).inserted else {
                throw HubError(
                    .hubFault,
                    "the repository lists a file whose name leads out of its folder or comes twice: "
                        + "'\(FileName.shown(sibling.rfilename))'")
            }
            if let file = try Self.file(sibling) { files.append(file) }
        }
        self.files = files
    }

    private static func file(_ sibling: Document.Sibling) throws(HubError) -> HubFile? {
        let size = sibling.lfs?.size ?? sibling.size ?? -1
        guard (0...(1 << 40)).contains(size) else {
            throw HubError(.hubFault, "the hub gives no usable length for '\(sibling.rfilename)'")
        }
        if let sha256 = sibling.lfs?.sha256 {
            guard isHexadecimal(sha256, count: 64) else {
                throw HubError(.hubFault, "the hub gives no usable checksum for '\(sibling.rfilename)'")
            }
            return HubFile(path: sibling.rfilename, byteCount: size, digest: .sha256(sha256))
        }
        guard let blob = sibling.blobId, isHexadecimal(blob, count: 40) else {
            throw HubError(.hubFault, "the hub gives no usable checksum for '\(sibling.rfilename)'")
        }
        return HubFile(path: sibling.rfilename, byteCount: size, digest: .gitBlob(blob))
    }

    private static func isHexadecimal(_ text: String, count: Int) -> Bool {
        text.utf8.count == count && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }

    /// The members of the answer that are used.
    private struct Document: Decodable {
        struct Sibling: Decodable {
            struct Large: Decodable {
                let sha256: String?
                let size: Int?
            }
            let rfilename: String
            let size: Int?
            let blobId: String?
            let lfs: Large?
        }

        /// A licence's name, or several.
        struct Names: Decodable {
            let first: String?

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                let all = try (try? container.decode(String.self)).map { [$0] } ?? container.decode([String].self)
                first = all.first
            }
        }

        struct Card: Decodable {
            let license: Names?
        }

        let sha: String
        let siblings: [Sibling]
        let cardData: Card?
    }
}

/// Paths that somebody else has chosen.
enum FileName {
    /// Whether a relative path stays below the folder that it is put into, on every system.
    static func isSafe(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return path.utf8.count <= 512 && parts.count <= 8
            && parts.allSatisfy { part in
                !part.isEmpty && part != "." && part != ".." && part.utf8.count <= 255
                    && part.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 && $0 != "\\" && $0 != ":" }
            }
    }

    /// A name that is fit for a terminal.
    static func shown(_ path: String) -> String {
        String(String.UnicodeScalarView(path.unicodeScalars.prefix(80).map { $0.value < 32 ? "?" : $0 }))
    }
}
