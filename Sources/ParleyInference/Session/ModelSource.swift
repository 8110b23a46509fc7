import CONNXRuntime
import Foundation
import ParleyCore

/// Where a model comes from: whether it is there, and what it is when the library refuses it.
struct ModelSource {
    enum Contents {
        case file(path: String)
        case bytes([UInt8])
    }

    let contents: Contents
    /// The model's name, for messages.
    let model: String

    /// The file, if it is one.
    var filePath: String? {
        if case .file(let path) = contents { return path }
        return nil
    }

    /// Checks that there is something to load.
    func checkPresence() throws(InferenceError) {
        switch contents {
        case .file(let path): try checkFile(path)
        case .bytes(let bytes): if bytes.isEmpty { throw corrupt("is empty", underlying: "no bytes") }
        }
    }

    private func checkFile(_ path: String) throws(InferenceError) {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw InferenceError(
                .modelMissing, model: model, "\(subject) does not exist: install the model again.",
                underlying: path)
        }
        guard !isDirectory.boolValue else {
            throw InferenceError(
                .modelMissing, model: model, "\(subject) is a folder: the path of an .onnx file is needed.",
                underlying: path)
        }
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw InferenceError(
                .modelMissing, model: model, "\(subject) may not be read: check its permissions.",
                underlying: path)
        }
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        guard size > 0 else { throw corrupt("is empty", underlying: path) }
    }

    /// What a refusal by the library means.
    func error(for failure: OrtFailure, libraryVersion: String) -> InferenceError {
        if failure.isOutOfMemory {
            return InferenceError(
                .outOfMemory, model: model, "There is not enough memory to load the model.",
                underlying: failure.message)
        }
        if Int(failure.code) == ORT_NO_SUCHFILE {
            return InferenceError(
                .modelMissing, model: model, "\(subject), or one that belongs to it, is missing.",
                underlying: failure.message)
        }
        if let kind = kindOfForeignFile() { return corrupt(kind, underlying: failure.message) }
        let isNewer = ["IR version", "opset", "only *guarantees* support", "No Op registered"].contains {
            failure.message.contains($0)
        }
        if isNewer || Int(failure.code) == ORT_NOT_IMPLEMENTED {
            return InferenceError(
                .libraryIncompatible, model: model,
                "The model uses operators that ONNX Runtime \(libraryVersion) does not have: install a newer ONNX "
                    + "Runtime, or a build of the model for this one.",
                underlying: failure.message)
        }
        return corrupt("is damaged or not an ONNX model", underlying: failure.message)
    }

    /// What messages are about, without the folder it lies in.
    private var subject: String {
        switch contents {
        case .file(let path): "The model's file \(URL(fileURLWithPath: path).lastPathComponent)"
        case .bytes: "The model"
        }
    }

    /// The first bytes, as far as they can be read.
    private var head: Data {
        switch contents {
        case .bytes(let bytes): return Data(bytes.prefix(64))
        case .file(let path):
            guard let file = FileHandle(forReadingAtPath: path) else { return Data() }
            defer { try? file.close() }
            return (try? file.read(upToCount: 64)) ?? Data()
        }
    }

    private func corrupt(_ what: String, underlying: String) -> InferenceError {
        InferenceError(
            .modelCorrupt, model: model, "\(subject) \(what): install the model again.",
            underlying: underlying)
    }

    /// Names kinds of file that are often found in the place of a model, by their first bytes.
    private func kindOfForeignFile() -> String? {
        let head = head
        guard !head.isEmpty else { return nil }
        let signatures: [(prefix: String, kind: String)] = [
            ("version https://git-lfs", "is a Git LFS pointer and not the model itself"),
            ("PK\u{3}\u{4}", "is a zip archive (a PyTorch checkpoint is one) and not an ONNX model"),
            ("<", "is a web page and not an ONNX model"),
            ("GGUF", "is a GGUF file and not an ONNX model"),
            ("ORTM", "is an ORT-format file and not an ONNX model"),
        ]
        if let known = signatures.first(where: { head.starts(with: Data($0.prefix.utf8)) }) { return known.kind }
        let isText = head.allSatisfy { (0x20..<0x7f).contains($0) || [0x09, 0x0a, 0x0d].contains($0) }
        return isText ? "is a text file and not an ONNX model" : nil
    }
}
