import CCrypto
import Foundation

/// Digests of files by OpenSSL.
public enum Digest: Sendable, Hashable, Codable {
    /// SHA-256 (FIPS 180-4) of the bytes, in small hexadecimal digits.
    case sha256(String)
    /// The name that Git gives the bytes as a blob: SHA-1 of `blob LENGTH`, a zero byte and the bytes.
    case gitBlob(String)

    /// The digits.
    public var hexadecimal: String {
        switch self {
        case .sha256(let digits), .gitBlob(let digits): digits
        }
    }

    /// Whether a file's bytes have this digest; false when it can't be read.
    ///
    /// Blocking.
    public func matches(file path: String) -> Bool {
        switch self {
        case .sha256(let digits): Self.sha256(ofFile: path) == digits
        case .gitBlob(let digits): Self.gitBlob(ofFile: path) == digits
        }
    }

    /// SHA-256 of a file's bytes; nil when it can't be read.
    ///
    /// Reads a piece at a time: model files are large. Blocking.
    public static func sha256(ofFile path: String) -> String? { digest(ofFile: path, EVP_sha256()) { _ in [] } }

    /// Git's name of a file's bytes; nil when it can't be read.
    ///
    /// Blocking.
    public static func gitBlob(ofFile path: String) -> String? {
        digest(ofFile: path, EVP_sha1()) { Array("blob \($0)\u{0}".utf8) }
    }

    /// - Parameter prefix: What is digested before the file's bytes, given their number.
    private static func digest(
        ofFile path: String, _ algorithm: OpaquePointer?, prefix: (UInt64) -> [UInt8]
    ) -> String? {
        guard let file = FileHandle(forReadingAtPath: path), let context = EVP_MD_CTX_new() else { return nil }
        defer {
            EVP_MD_CTX_free(context)
            try? file.close()
        }
        guard EVP_DigestInit_ex(context, algorithm, nil) == 1 else { return nil }
        do {
            let head = prefix(try file.seekToEnd())
            try file.seek(toOffset: 0)
            guard EVP_DigestUpdate(context, head, head.count) == 1 else { return nil }
            while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty {
                let isTaken = piece.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) == 1 }
                guard isTaken else { return nil }
            }
        } catch {
            return nil
        }
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        guard EVP_DigestFinal_ex(context, &digest, &count) == 1 else { return nil }
        return digest.prefix(Int(count)).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
