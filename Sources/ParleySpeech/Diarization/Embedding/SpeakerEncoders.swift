import Foundation
public import ParleyCore
import ParleyInference

/// The speaker encoders that Parley knows.
public enum SpeakerEncoders {
    /// The encoder of a network, told by its metadata and tensors.
    ///
    /// Blocking: runs the network once.
    /// - Throws: ``InferenceError`` with `modelForeign`.
    static func encoder(_ session: OnnxSession) throws(InferenceError) -> any SpeakerEncoder {
        if session.metadata["kind"] == "ge2e" { return try GE2EEncoder(session: session) }
        return try MelSpeakerEncoder(session: session)
    }

    /// The file of a speaker encoder that a user names: the path of an `.onnx` file, or a folder with just one.
    ///
    /// Blocking.
    /// - Parameter path: File or folder. A file that does not exist is left to whoever loads it.
    /// - Throws: ``InferenceError`` with `modelMissing` when a folder has no `.onnx` file or several.
    public static func file(at path: String) throws(InferenceError) -> String {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
            return path
        }
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [])
            .filter { $0.hasSuffix(".onnx") && !$0.hasPrefix(".") }
        guard names.count == 1 else {
            throw InferenceError(
                .modelMissing, model: URL(fileURLWithPath: path).lastPathComponent,
                names.isEmpty
                    ? "The folder of the speaker model has no .onnx file: give the path of one."
                    : "The folder of the speaker model has several .onnx files: give the path of one of them.")
        }
        return URL(fileURLWithPath: path).appendingPathComponent(names[0]).path
    }
}
