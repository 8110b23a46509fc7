import Foundation
public import ParleyCore

/// The custom metadata of an ONNX file, read without loading the network: everything else is passed over.
///
/// Field numbers from `onnx.proto3` of the ONNX specification.
public enum OnnxFileMetadata {
    /// `metadata_props` of `ModelProto`.
    private static let field = 14
    /// More than any exporter writes.
    private static let maximumByteCount = 4 << 20

    /// Reads a file's metadata.
    ///
    /// Blocking.
    /// - Parameters:
    ///   - path: The ONNX file.
    ///   - name: The model's name, for errors.
    /// - Throws: ``InferenceError`` with `modelMissing` or `modelCorrupt`.
    public static func read(path: String, name: String) throws(InferenceError) -> [String: String] {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw InferenceError(.modelMissing, model: name, "The model's file is missing. Install the model again.")
        }
        do {
            return try read(file)
        } catch {
            throw InferenceError(
                .modelCorrupt, model: name, "The model's file is damaged. Install the model again.",
                underlying: "\(error)")
        }
    }

    private struct Damage: Error {}

    private static func read(_ file: FileHandle) throws -> [String: String] {
        let end = try file.seekToEnd()
        try file.seek(toOffset: 0)
        var values: [String: String] = [:]
        var taken = 0
        while try file.offset() < end {
            let tag = try varint(file)
            switch tag & 7 {
            case 0: _ = try varint(file)
            case 1: try skip(8, of: file, end: end)
            case 5: try skip(4, of: file, end: end)
            case 2:
                let length = try varint(file)
                guard tag >> 3 == UInt64(field) else {
                    try skip(length, of: file, end: end)
                    continue
                }
                taken += Int(clamping: length)
                guard taken <= maximumByteCount, let entry = try file.read(upToCount: Int(length)),
                    entry.count == Int(length)
                else { throw Damage() }
                let texts = try texts(Array(entry))
                if let key = texts[1] { values[key] = texts[2] ?? "" }
            default: throw Damage()
            }
        }
        return values
    }

    private static func skip(_ count: UInt64, of file: FileHandle, end: UInt64) throws {
        let offset = try file.offset()
        guard count <= end - min(end, offset) else { throw Damage() }
        try file.seek(toOffset: offset + count)
    }

    /// The texts of an entry by their fields: 1 is the key, 2 the value.
    private static func texts(_ bytes: [UInt8]) throws -> [UInt64: String] {
        var (texts, rest): ([UInt64: String], ArraySlice<UInt8>) = ([:], bytes[...])
        func next() -> UInt8? { rest.popFirst() }
        while !rest.isEmpty {
            let tag = try varint(next)
            let length = try varint(next)
            guard tag & 7 == 2, length <= UInt64(rest.count) else { throw Damage() }
            texts[tag >> 3] = String(decoding: rest.prefix(Int(length)), as: UTF8.self)
            rest = rest.dropFirst(Int(length))
        }
        return texts
    }

    private static func varint(_ file: FileHandle) throws -> UInt64 {
        try varint { try file.read(upToCount: 1)?.first }
    }

    private static func varint(_ next: () throws -> UInt8?) throws -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = try next() else { throw Damage() }
            value |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return value }
        }
        throw Damage()
    }
}
