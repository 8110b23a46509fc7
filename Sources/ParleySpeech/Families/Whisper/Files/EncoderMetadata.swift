import ParleyCore

/// The metadata of a k2-fsa encoder, read as numbers, with errors that name the key.
struct EncoderMetadata: Sendable {
    private let values: [String: String]
    private let file: WhisperFile

    /// Wraps metadata.
    /// - Parameters:
    ///   - values: The ONNX file's custom metadata.
    ///   - file: Name of the ONNX file, for messages.
    init(_ values: [String: String], file: String) {
        self.values = values
        self.file = WhisperFile(file, in: "")
    }

    /// An error about one key.
    func fault(_ key: String, _ what: String) -> RecognitionError {
        file.fault("\(what) '\(key)' in its metadata", mend: "export it again with the script of sherpa-onnx")
    }

    /// A number that must be there.
    func integer(_ key: String) throws(RecognitionError) -> Int {
        guard let value = try optionalInteger(key) else { throw fault(key, "lacks") }
        return value
    }

    /// A number that may be missing.
    func optionalInteger(_ key: String) throws(RecognitionError) -> Int? {
        guard let text = values[key] else { return nil }
        guard let value = Int(text) else { throw fault(key, "has a wrong value for") }
        return value
    }

    /// Numbers divided by commas; none when the key is missing.
    func integers(_ key: String) throws(RecognitionError) -> [Int] {
        let parts = strings(key)
        let numbers = parts.compactMap { Int($0) }
        guard numbers.count == parts.count else { throw fault(key, "has a wrong value for") }
        return numbers
    }

    /// Texts divided by commas; none when the key is missing.
    func strings(_ key: String) -> [String] { (values[key] ?? "").split(separator: ",").map(String.init) }
}
