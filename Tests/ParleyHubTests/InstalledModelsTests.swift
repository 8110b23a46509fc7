import Foundation
import ParleyCore
import ParleyTestSupport
import Testing

@testable import ParleyHub

@Suite struct InstalledModelsTests {
    private let folder: TemporaryFolder
    private let models: InstalledModels

    init() throws {
        folder = try TemporaryFolder()
        models = InstalledModels(dataDirectory: folder.url.path)
    }

    private func write(_ path: String, _ text: String) throws {
        let file = folder.url.appendingPathComponent("models").appendingPathComponent(path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    @Test func foldersAndIds() throws {
        #expect(models.all().isEmpty)
        for path in ["whisper-tiny/a", "owner--name/a", "bundled/a", ".partial/x/a", "a--b--c/a", "file"] {
            try write(path, "x")
        }
        #expect(models.all().map(\.id) == ["owner/name", "whisper-tiny"])
        #expect(models.directory(of: "owner/name") == folder.path("models/owner--name"))
        for id in ["bundled", "../models/whisper-tiny", ".partial", "none", "owner--name", "file", "", "/"] {
            #expect(models.directory(of: id) == nil, "\(id)")
        }
    }

    @Test(arguments: ["bundled", "..", ".partial", "a/b/c", "", "a--b", "a b", "a\n", "-a", "å", "a/../b"])
    func hostileIds(_ id: String) throws {
        let pull = ModelPull(dataDirectory: folder.url.path, access: HubAccess(endpoint: "http://127.0.0.1:9"))
        let request = PullRequest(id: id, repository: "owner/name")
        #expect {
            try pull.run(request, cancellation: CancellationFlag()) { _ in }
        } throws: {
            ($0 as? HubError)?.code == .invalidName
        }
        #expect(models.directory(of: id) == nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
    }

    @Test func manifestsAreNotBelieved() throws {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        let entries = ["good", "bad", "none", "../outside"].map {
            "{\"path\":\"\($0)\",\"bytes\":3,\"sha256\":\"\(abc)\"}"
        }
        try write("m/good", "abc")
        try write("m/bad", "abd")
        try write("outside", "abc")
        try write(
            "m/model.json",
            """
            {"id":"m","repository":"o/n","revision":"main","commit":"c","licence":"","precisions":["int8"],
            "pulled_at":"","files":[\(entries.joined(separator: ","))]}
            """)
        let model = try #require(models.model("m"))
        let states = Dictionary(uniqueKeysWithValues: model.verify().map { ($0.path, $0.state) })
        #expect(states == ["good": .intact, "bad": .damaged, "none": .missing, "../outside": .missing])
        #expect(model.missingFiles == ["none", "../outside"])
        try write("m/model.json", "[]")
        #expect(models.model("m")?.manifest == nil)
    }
}
