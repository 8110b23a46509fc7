import Testing

@testable import parley

@Suite struct BundledModelTests {
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
