import CCrypto
import Foundation

/// SHA-256 (FIPS 180-4) by OpenSSL.
enum SHA256 {
    /// The digest of a file's bytes; nil when it can't be read.
    ///
    /// Reads a piece at a time: model files are large. Blocking.
    static func hexadecimal(ofFile path: String) -> String? {
        guard let file = FileHandle(forReadingAtPath: path), let context = EVP_MD_CTX_new() else { return nil }
        defer {
            EVP_MD_CTX_free(context)
            try? file.close()
        }
        guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else { return nil }
        do {
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
