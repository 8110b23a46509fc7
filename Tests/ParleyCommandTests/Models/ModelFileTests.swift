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
    func digests(_ text: String, _ expected: String) {
        var digest = SHA256()
        digest.update(text.utf8)
        let found = digest.hexadecimal()
        #expect(found == expected)
        var pieces = SHA256()
        for byte in text.utf8 { pieces.update([byte]) }
        let assembled = pieces.hexadecimal()
        #expect(assembled == expected)
    }

    /// Lengths around the block boundary, against coreutils' sha256sum of as many letters a.
    @Test(arguments: [
        (55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"),
        (56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"),
        (63, "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34"),
        (64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"),
    ])
    func paddings(_ count: Int, _ expected: String) {
        var digest = SHA256()
        digest.update([UInt8](repeating: 0x61, count: count))
        let found = digest.hexadecimal()
        #expect(found == expected)
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
