import Foundation

/// The files of the repository that the tests were built from.
public enum RepositoryFile {
    /// The folder that holds the package.
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The text of a file.
    /// - Parameter path: From the root, such as `docs/api.md`.
    public static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// Where a file is.
    /// - Parameter path: From the root.
    public static func path(_ path: String) -> String { root.appendingPathComponent(path).path }

    /// Names of all files in a folder and the folders below.
    /// - Parameter path: From the root, such as `Sources`.
    public static func names(below path: String) throws -> Set<String> {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: root.appendingPathComponent(path).path)
        return Set(paths.map { URL(fileURLWithPath: $0).lastPathComponent })
    }
}
