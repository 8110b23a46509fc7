import Foundation
import ParleyCore

/// One of a model's small text files, with errors that name it.
struct WhisperFile: Sendable {
    /// Name as it lies in the folder, for messages.
    let name: String
    private let path: String

    /// What the user can do about most faults.
    static let mend = "download the model again"
    /// The largest public file is a tokenizer.json of 4 MB.
    private static let maximumByteCount = 64 << 20

    /// Names a file, which need not exist.
    init(_ name: String, in directory: String) {
        self.name = name
        path = directory + "/" + name
    }

    /// Whether there is such a file.
    var exists: Bool { FileManager.default.fileExists(atPath: path) }

    /// All bytes.
    /// - Throws: ``RecognitionError`` with `modelUnavailable` when the file is missing, unreadable or far too large.
    func data() throws(RecognitionError) -> Data {
        guard let size = Self.byteCount(path: path) else { throw fault("is missing") }
        guard size <= Self.maximumByteCount else { throw fault("is larger than \(Self.maximumByteCount >> 20) MB") }
        do { return try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
            throw fault("can't be read", underlying: "\(error)")
        }
    }

    /// The values of a JSON file.
    /// - Throws: ``RecognitionError`` with `modelUnavailable`, saying which value is at fault.
    func json<Value: Decodable>(_: Value.Type) throws(RecognitionError) -> Value {
        let data = try data()
        do { return try JSONDecoder().decode(Value.self, from: data) } catch let error as DecodingError {
            throw fault(Self.explanation(error), underlying: "\(error)")
        } catch {
            throw fault("is not JSON", underlying: "\(error)")
        }
    }

    /// An error that names this file.
    /// - Parameters:
    ///   - what: What is wrong, as the rest of a sentence that starts with the file's name.
    ///   - mend: What to do about it.
    ///   - underlying: The cause, for logs only.
    func fault(_ what: String, mend: String = WhisperFile.mend, underlying: String? = nil) -> RecognitionError {
        let cause = underlying.map { "\(path): \($0.prefix(300))" } ?? path
        return RecognitionError(.modelUnavailable, "\(name) \(what); \(mend).", underlying: cause)
    }

    /// Size of a regular file, links followed; nil when there is none.
    static func byteCount(path: String) -> Int? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }

    private static func explanation(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context): "lacks \(name(context.codingPath + [key]))"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "has a wrong value\(context.codingPath.isEmpty ? "" : " for " + name(context.codingPath))"
        case .dataCorrupted(let context):
            context.codingPath.isEmpty ? "is not JSON or cut off" : "has a wrong value for \(name(context.codingPath))"
        @unknown default: "is not JSON"
        }
    }

    /// A path of keys for a message; a hostile file must not make it long.
    private static func name(_ path: [any CodingKey]) -> String {
        String(path.map(\.stringValue).joined(separator: ".").prefix(60))
    }
}
