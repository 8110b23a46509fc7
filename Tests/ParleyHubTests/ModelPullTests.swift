import Foundation
import ParleyCore
import ParleyTestSupport
import Testing

@testable import ParleyHub

/// Pulls from a hub on this machine, when all goes well.
@Suite struct ModelPullTests {
    private let fixture: HubFixture
    private let hub: LocalHub

    init() throws {
        fixture = try HubFixture()
        hub = try fixture.hub.get()
    }

    private let folder = "models/parley--tiny/"

    @Test func whatBelongsToTheModelIsInstalled() async throws {
        let events = Locked<[PullEvent]>([])
        let outcome = try await fixture.pull(onEvent: { event in events.update { $0.append(event) } })
        let wanted = ["config.json", "merges.txt", HubFixture.decoder, HubFixture.encoder, "tokenizer.json"]
        #expect(fixture.installedFiles == (wanted + ["model.json"]).map { folder + $0 }.sorted())
        #expect(fixture.bytes(of: folder + HubFixture.encoder) == HubFixture.encoderBytes)
        #expect(outcome.manifest.precisions == [.int8] && outcome.manifest.licence == "mit" && !outcome.wasInstalled)
        #expect(outcome.receivedByteCount == 500_010)
        #expect(events.value.first == .planned(fileCount: 5, byteCount: 500_010, presentByteCount: 0))
        #expect(events.value.last == .received(byteCount: 500_010, file: "tokenizer.json"))
        let installed = InstalledModels(dataDirectory: fixture.data.url.path)
        let model = try #require(installed.all().first)
        #expect(model.id == HubFixture.repository && model.manifest == outcome.manifest)
        #expect(model.verify().allSatisfy { $0.state == .intact } && model.verify().count == 5)
        #expect(installed.directory(of: HubFixture.repository) == fixture.data.path("models/parley--tiny"))
        let left = try FileManager.default.contentsOfDirectory(atPath: fixture.data.path("models/.partial"))
        #expect(left.isEmpty)
    }

    /// The list is asked for once, and every file by the commit that it names.
    @Test func theCommitIsPinned() async throws {
        let commit = try await fixture.pull().manifest.commit
        let log = try hub.takeLog()
        #expect(log.filter { $0.place == "api" }.count == 1)
        #expect(log.filter { $0.place == "hub" }.allSatisfy { $0.path.contains("/resolve/\(commit)/") })
    }

    @Test
    func theTokenGoesToTheHubOnly() async throws {
        var fixture = fixture
        fixture.access.token = "good-token"
        _ = try await fixture.pull()
        let log = try hub.takeLog()
        #expect(log.contains { $0.place == "storage" })
        for request in log {
            #expect(request.authorization == (request.place == "storage" ? nil : "Bearer good-token"))
        }
    }

    @Test func anInstalledModelNeedsNoNetwork() async throws {
        _ = try await fixture.pull()
        var offline = fixture
        offline.access.isOffline = true
        let outcome = try await offline.pull()
        #expect(outcome.wasInstalled && outcome.receivedByteCount == 0)
        #expect(await offline.failure { $0.precisions = [.float32] }?.code == .offline)
    }

    @Test func aDamagedFileIsFetchedAgainAlone() async throws {
        _ = try await fixture.pull()
        let path = fixture.data.path(folder + HubFixture.decoder)
        var bytes = HubFixture.decoderBytes
        bytes[7] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let outcome = try await fixture.pull()
        #expect(outcome.receivedByteCount == 200_000 && !outcome.wasInstalled)
        #expect(fixture.bytes(of: folder + HubFixture.decoder) == HubFixture.decoderBytes)
    }

    @Test func anotherPrecisionComesBesideTheFirst() async throws {
        _ = try await fixture.pull()
        let outcome = try await fixture.pull { $0.precisions = [.float32] }
        #expect(outcome.manifest.precisions == [.float32, .int8] && outcome.receivedByteCount == 650_000)
        #expect(outcome.manifest.files.contains { $0.path == HubFixture.encoder })
        let missing = await fixture.failure { $0.precisions = [.float16] }
        #expect(missing?.code == .unsuitable && missing?.message.contains("it has float32, int8") == true)
    }

    @Test func allPrecisions() async throws {
        #expect(try await fixture.pull { $0.precisions = [] }.manifest.precisions == [.float32, .int8])
    }

    /// What has not changed is not fetched again, and nothing of the older commit stays.
    @Test func aMovedBranchReplacesTheModel() async throws {
        let first = try await fixture.pull()
        try hub.add([HubFixture.encoder: HubFixture.bytes(310_000, seed: 9)], to: HubFixture.repository)
        #expect(try await fixture.pull().manifest.commit == first.manifest.commit)
        let second = try await fixture.pull { $0.revision = "main" }
        #expect(second.manifest.commit != first.manifest.commit && second.receivedByteCount == 310_000)
        #expect(fixture.bytes(of: folder + HubFixture.encoder) == HubFixture.bytes(310_000, seed: 9))
        #expect(try await fixture.pull { $0.revision = second.manifest.commit }.wasInstalled)
    }

    @Test func anIdOfTheCatalogGivesTheFolderItsName() async throws {
        _ = try await fixture.pull { $0.id = "tiny" }
        #expect(InstalledModels(dataDirectory: fixture.data.url.path).all().map(\.id) == ["tiny"])
    }

    @Test func aSecondPullWaitsForTheFirst() async throws {
        try hub.fail(.init("hold", on: "storage", match: HubFixture.encoder, bytes: 1_000))
        let fixture = fixture
        async let first = fixture.pull()
        while try hub.takeLog().contains(where: { $0.path.contains(HubFixture.encoder) && $0.place == "storage" })
            == false
        { await Task.yield() }
        let isWaiting = Locked(false)
        async let second = fixture.pull(onEvent: { event in
            if event == .waitingForOther { isWaiting.update { $0 = true } }
        })
        while !isWaiting.value { await Task.yield() }
        try hub.release()
        #expect(try await first.wasInstalled == false)
        #expect(try await second.wasInstalled)
    }

    @Test func removal() async throws {
        let store = ModelStore(dataDirectory: fixture.data.url.path)
        _ = try await fixture.pull()
        let flag = CancellationFlag()
        #expect(try store.remove(HubFixture.repository, cancellation: flag) {} == 500_010)
        #expect(fixture.installedFiles.isEmpty)
        #expect(throws: HubError.self) { try store.remove(HubFixture.repository, cancellation: flag) {} }
        #expect(throws: HubError.self) { try store.remove("bundled", cancellation: flag) {} }
    }
}
