import ParleyTestSupport
import Testing

@testable import ParleyHub

@Suite struct DigestTests {
    /// FIPS 180-2, appendix B, and the empty message.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func sha256(_ text: String, _ expected: String) throws {
        let folder = try TemporaryFolder()
        #expect(Digest.sha256(ofFile: try folder.write("message", text.utf8)) == expected)
    }

    /// `git hash-object` of the same bytes.
    @Test(arguments: [
        ("", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"), ("hello\n", "ce013625030ba8dba906f756967f9e9ca394464a"),
    ])
    func gitBlobs(_ text: String, _ expected: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("message", text.utf8)
        #expect(Digest.gitBlob(ofFile: path) == expected && Digest.gitBlob(expected).matches(file: path))
        #expect(!Digest.sha256(expected).matches(file: path))
    }

    /// Longer than one piece, against coreutils' sha256sum of as many letters a.
    @Test func longFiles() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("long", repeatElement(UInt8(ascii: "a"), count: 3_000_000))
        #expect(Digest.sha256(ofFile: path) == "2a152c894398719c0570f83fac34ac03a0f6e8e474b995c2403aa5434f7b9dd4")
        #expect(Digest.sha256(ofFile: path + ".none") == nil)
    }
}
