import Foundation
import ParleyCore

/// Arrays of numbers from a file that NumPy's `savez` wrote (NEP 1): float32 or float64, little-endian, in C order.
struct NumpyArchive: Sendable {
    /// Numbers with a shape.
    struct Array: Sendable, Hashable {
        let shape: [Int]
        /// Flat, the last axis fastest; all finite.
        let values: [Double]
    }

    private let name: String
    private let archive: ZipArchive

    private static let largestFileBytes = 64 << 20

    /// Opens a file.
    /// - Throws: ``InferenceError`` with `modelMissing` or `modelCorrupt`; the message names the file.
    init(contentsOf file: URL) throws(InferenceError) {
        name = file.lastPathComponent
        let values = try? file.resourceValues(forKeys: [.fileSizeKey, .isRegularFileKey])
        guard values?.isRegularFile == true, let size = values?.fileSize else {
            throw InferenceError(.modelMissing, "There is no file \(name).")
        }
        guard size <= Self.largestFileBytes, let data = try? Data(contentsOf: file) else {
            throw InferenceError(.modelCorrupt, "The file \(name) can't be read or is larger than 64 MB.")
        }
        do { archive = try ZipArchive([UInt8](data)) } catch {
            throw InferenceError(.modelCorrupt, "The file \(name) can't be read. \(error.reason)")
        }
    }

    /// An array.
    /// - Throws: ``InferenceError`` with `modelCorrupt` or `modelForeign`.
    func array(_ key: String) throws(InferenceError) -> Array {
        let bytes: [UInt8]?
        do { bytes = try archive.contents(key + ".npy") } catch {
            throw InferenceError(.modelCorrupt, "The file \(name) can't be read. \(error.reason)")
        }
        guard let bytes else { throw foreign("It has no array \(key).") }
        guard let header = NumpyHeader(bytes) else {
            throw foreign("Its array \(key) is not one of single or double precision in C order.")
        }
        let values = header.values(bytes[header.count...])
        guard let values else {
            throw InferenceError(.modelCorrupt, "The array \(key) of the file \(name) has another size than it says.")
        }
        guard values.allSatisfy(\.isFinite) else {
            throw InferenceError(.modelCorrupt, "The array \(key) of the file \(name) has values that are no numbers.")
        }
        return Array(shape: header.shape, values: values)
    }

    /// The error for a file of another kind.
    func foreign(_ reason: String) -> InferenceError {
        InferenceError(.modelForeign, "The file \(name) is not what is needed. \(reason)")
    }
}

/// The head of an array: how its numbers lie.
private struct NumpyHeader {
    let shape: [Int]
    let isDouble: Bool
    /// Bytes of the head.
    let count: Int

    /// Nil when it is none, or of an array of another kind.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 10, bytes.starts(with: [0x93] + Array("NUMPY".utf8)), (1...3).contains(bytes[6]) else {
            return nil
        }
        let lengthCount = bytes[6] == 1 ? 2 : 4
        guard bytes.count >= 8 + lengthCount else { return nil }
        let length = (0..<lengthCount).reversed().reduce(0) { $0 << 8 | Int(bytes[8 + $1]) }
        let start = 8 + lengthCount
        guard length <= 4_096, start + length <= bytes.count else { return nil }
        count = start + length
        let text = String(decoding: bytes[start..<count], as: UTF8.self)
        guard let match = text.prefixMatch(of: Self.pattern) else { return nil }
        isDouble = match.1 == "8"
        var shape: [Int] = []
        for part in match.2.split(separator: ",") {
            let digits = part.drop { $0 == " " }
            guard !digits.isEmpty, let size = Int(digits), (0...1 << 24).contains(size) else { return nil }
            shape.append(size)
        }
        self.shape = shape
    }

    // A regular expression is not Sendable; it is cheap to make.
    private static var pattern: Regex<(Substring, Substring, Substring)> {
        /\{'descr': '<f([48])', 'fortran_order': False, 'shape': \(([0-9, ]*)\),? ?\}\s*$/
    }

    /// The numbers after the head; nil when there are more or fewer than the shape says.
    func values(_ bytes: ArraySlice<UInt8>) -> [Double]? {
        let size = isDouble ? 8 : 4
        var number = 1
        for axis in shape {
            let (product, overflow) = number.multipliedReportingOverflow(by: axis)
            guard !overflow else { return nil }
            number = product
        }
        guard bytes.count % size == 0, bytes.count / size == number else { return nil }
        return bytes.withUnsafeBytes { raw in
            (0..<number).map { index in
                isDouble
                    ? Double(
                        bitPattern: UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)))
                    : Double(
                        Float(
                            bitPattern: UInt32(
                                littleEndian: raw.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self))))
            }
        }
    }
}
