import Testing

@testable import parley

@Suite struct ModelFileTests {
    /// FIPS 180-2, appendix B, and the empty message.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func digests(_ text: String, _ expected: String) throws {
        let folder = try TemporaryFolder()
        #expect(SHA256.hexadecimal(ofFile: try folder.file("message", text)) == expected)
    }

    /// Longer than one piece, against coreutils' sha256sum of as many letters a.
    @Test func digestsOfLongFiles() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("long", String(repeating: "a", count: 3_000_000))
        #expect(
            SHA256.hexadecimal(ofFile: path) == "2a152c894398719c0570f83fac34ac03a0f6e8e474b995c2403aa5434f7b9dd4")
        #expect(SHA256.hexadecimal(ofFile: path + ".none") == nil)
    }

    @Test func bundledFilesAreCompared() throws {
        let folder = try TemporaryFolder()
        var settings = ModelSettings()
        settings.dataDirectory = folder.path
        let model = BundledModel(settings)
        #expect(model.missingFiles == ["model.json"] && model.verify().map(\.state) == [.missing])
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        let entries = ["good", "bad", "none", "../outside"].map {
            "\"\($0)\":{\"file\":\"\($0)\",\"sha256\":\"\(abc)\"}"
        }
        _ = try folder.file("models/bundled/good", "abc")
        _ = try folder.file("models/bundled/bad", "abd")
        _ = try folder.file("models/outside", "abc")
        _ = try folder.file("models/bundled/model.json", "{\"files\":{\(entries.joined(separator: ","))}}")
        let states = Dictionary(uniqueKeysWithValues: model.verify().map { ($0.file, $0.state) })
        #expect(states == ["good": .intact, "bad": .damaged, "none": .missing, "../outside": .missing])
        _ = try folder.file("models/bundled/model.json", "[]")
        #expect(model.verify().map(\.state) == [.damaged])
    }
}
