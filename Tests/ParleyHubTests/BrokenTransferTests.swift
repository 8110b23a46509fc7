import Foundation
import ParleyCore
import ParleyTestSupport
import Testing

@testable import ParleyHub

/// Connections that break, storages that misbehave, hubs that refuse.
@Suite struct BrokenTransferTests {
    private typealias Fault = LocalHub.Fault

    private let fixture: HubFixture
    private let hub: LocalHub
    private let encoderPath = "models/parley--tiny/" + HubFixture.encoder
    private let encoderBytes = HubFixture.encoderBytes

    init() throws {
        fixture = try HubFixture()
        hub = try fixture.hub.get()
    }

    /// The requests for the encoder that the storage was sent.
    private func storageRequests() throws -> [LocalHub.Request] {
        try hub.takeLog().filter { $0.place == "storage" && $0.path.contains("encoder_model_int8") }
    }

    @Test func aCutConnectionGoesOnWhereItWas() async throws {
        try hub.fail(Fault("cut", on: "storage", match: HubFixture.encoder, bytes: 150_000))
        let retries = Locked(0)
        _ = try await fixture.pull(onEvent: { event in
            if case .retrying = event { retries.update { $0 += 1 } }
        })
        #expect(fixture.bytes(of: encoderPath) == encoderBytes && retries.value == 1)
        let requests = try storageRequests()
        #expect(requests.map(\.status) == [200, 206])
        #expect(requests.last?.range?.wholeMatch(of: /bytes=[1-9]\d*-/) != nil && requests.last?.ifRange != nil)
    }

    /// A storage whose file is another one by now, that knows no parts, that gives the wrong part, or none at all.
    @Test(arguments: ["changed", "no-range", "other-range", "status"])
    func whatCannotGoOnBeginsAgain(_ kind: String) async throws {
        let tag = kind == "changed" ? ["ETag": "\"older\""] : nil
        let match = HubFixture.encoder
        try hub.fail(
            Fault("cut", on: "storage", match: match, bytes: 150_000, headers: tag),
            Fault(kind == "changed" ? "none" : kind, on: "storage", match: match, status: 416))
        _ = try await fixture.pull()
        #expect(fixture.bytes(of: encoderPath) == encoderBytes)
        let requests = try storageRequests()
        #expect(requests.contains { $0.status == 200 && $0.range != nil } || requests.last?.range == nil)
    }

    @Test func aPullThatWasGivenUpGoesOnLater() async throws {
        try hub.fail(Fault("cut", on: "storage", match: HubFixture.encoder, bytes: 150_000))
        var impatient = fixture
        impatient.access.retry.attempts = 1
        #expect(await impatient.failure()?.code == .unreachable)
        #expect(fixture.parts.count == 1 && fixture.installedFiles.isEmpty)
        _ = try hub.takeLog()
        let present = Locked(0)
        let outcome = try await fixture.pull(onEvent: { event in
            if case .planned(_, _, let there) = event { present.update { $0 = there } }
        })
        #expect(present.value > 200_000 && outcome.receivedByteCount < 300_011)
        #expect(try storageRequests().map(\.status) == [206])
        #expect(fixture.bytes(of: encoderPath) == encoderBytes && fixture.parts.isEmpty)
    }

    /// The part of an older file is not continued with the bytes of a newer one.
    @Test func aBranchThatMovesMixesNothing() async throws {
        try hub.fail(Fault("cut", on: "storage", match: HubFixture.encoder, bytes: 150_000))
        var impatient = fixture
        impatient.access.retry.attempts = 1
        #expect(await impatient.failure()?.code == .unreachable)
        try hub.add([HubFixture.encoder: HubFixture.bytes(300_000, seed: 77)], to: HubFixture.repository)
        _ = try await fixture.pull()
        #expect(fixture.bytes(of: encoderPath) == HubFixture.bytes(300_000, seed: 77))
    }

    @Test(arguments: [("storage", HubFixture.encoder), ("hub", "config.json")])
    func wrongBytesAreThrownAway(_ place: String, _ file: String) async throws {
        try hub.fail(Fault("corrupt", on: place, match: file))
        let error = await fixture.failure()
        #expect(error?.code == .checksumMismatch && error?.message.contains(file) == true)
        #expect(fixture.installedFiles.isEmpty && fixture.parts.isEmpty)
        _ = try await fixture.pull()
        #expect(fixture.bytes(of: encoderPath) == encoderBytes)
    }

    @Test func moreBytesThanAnnounced() async throws {
        try hub.fail(Fault("longer", on: "storage", match: HubFixture.encoder))
        #expect(await fixture.failure()?.message.contains("longer than its list says") == true)
        #expect(fixture.installedFiles.isEmpty && fixture.parts.isEmpty)
    }

    @Test func aTrickleIsPatientlyTaken() async throws {
        try hub.fail(Fault("trickle", on: "storage", match: HubFixture.encoder, bytes: 10_000))
        _ = try await fixture.pull()
        #expect(fixture.bytes(of: encoderPath) == encoderBytes)
    }

    @Test func aConnectionThatStallsIsGivenUpAndResumed() async throws {
        var fixture = fixture
        fixture.access.retry.stallSeconds = 1
        try hub.fail(Fault("hold", on: "storage", match: HubFixture.encoder, bytes: 100_000))
        _ = try await fixture.pull()
        try hub.release()
        #expect(fixture.bytes(of: encoderPath) == encoderBytes)
    }

    @Test func cancellationStopsAndKeepsThePart() async throws {
        try hub.fail(Fault("hold", on: "storage", match: HubFixture.encoder, bytes: 100_000))
        let flag = CancellationFlag()
        await #expect(throws: CancellationError.self) {
            try await fixture.pull(
                cancellation: flag,
                onEvent: { event in
                    if case .received(_, let file) = event, file == HubFixture.encoder { flag.cancel() }
                })
        }
        try hub.release()
        #expect(fixture.parts.count == 1)
        _ = try await fixture.pull()
        #expect(fixture.bytes(of: encoderPath) == encoderBytes)
    }

    @Test(arguments: [(429, "storage"), (503, "hub"), (500, "api"), (403, "storage"), (408, "hub")])
    func passingFaultsAreRetried(_ status: Int, _ place: String) async throws {
        try hub.fail(Fault("status", on: place, times: 2, status: status, headers: ["Retry-After": "0"]))
        _ = try await fixture.pull()
        #expect(fixture.bytes(of: encoderPath) == encoderBytes)
        #expect(try hub.takeLog().filter { $0.status == status }.count == 2)
    }

    @Test func lastingFaultsAreGivenUp() async throws {
        try hub.fail(Fault("status", on: "api", times: 100, status: 503))
        #expect(await fixture.failure()?.code == .hubFault)
        #expect(try hub.takeLog().count == fixture.access.retry.attempts)
        try hub.fail(Fault("status", on: "api", times: 100, status: 429, headers: ["Retry-After": "5000"]))
        #expect(await fixture.failure()?.code == .rateLimited)
        #expect(try hub.takeLog().count == 1)
    }

    @Test func repositoriesThatAskForAToken() async throws {
        try hub.add([".gated": []], to: HubFixture.repository)
        let error = await fixture.failure()
        #expect(error?.code == .accessDenied)
        #expect(error?.message.contains("\(hub.url)/parley/tiny and set HF_TOKEN") == true)
        var guest = fixture
        guest.access.token = "wrong"
        #expect(await guest.failure()?.code == .accessDenied)
        guest.access.token = "good\r\nX-Evil: 1"
        #expect(await guest.failure()?.code == .invalidName)
        guest.access.token = "good-token"
        _ = try await guest.pull()
    }

    @Test func whatDoesNotExist() async throws {
        #expect(await fixture.failure { $0.repository = "parley/none" }?.code == .notFound)
        #expect(await fixture.failure { $0.revision = "a/branch?x=1" }?.message.contains("no revision") == true)
        #expect(try hub.takeLog().last?.path.contains("/revision/a%2Fbranch%3Fx%3D1?blobs") == true)
        try hub.add([".private": []], to: HubFixture.repository)
        #expect(await fixture.failure()?.message.contains("a private one needs HF_TOKEN") == true)
        var absent = fixture
        absent.access = HubAccess(endpoint: "http://127.0.0.1:9")
        absent.access.retry.attempts = 1
        #expect(await absent.failure()?.code == .unreachable)
    }

    @Test func redirectsThatLeadAstray() async throws {
        try hub.fail(Fault("redirect", on: "hub", times: 100, to: hub.url + "/parley/tiny/resolve/x/y"))
        #expect(await fixture.failure()?.message.contains("circles") == true)
        for target in ["file:///etc/passwd", "ftp://127.0.0.1/x", "http://user@127.0.0.1/x"] {
            try hub.fail(Fault("redirect", on: "hub", times: 100, to: target))
            #expect(await fixture.failure()?.code == .insecure, "\(target)")
        }
    }

    @Test(arguments: [("X-Repo-Commit", "config.json"), ("X-Linked-Etag", HubFixture.encoder)])
    func contradictionsOfTheHub(_ header: String, _ file: String) async throws {
        try hub.fail(Fault("headers", on: "hub", match: file, headers: [header: String(repeating: "0", count: 40)]))
        #expect(await fixture.failure()?.code == .hubFault)
        #expect(fixture.installedFiles.isEmpty)
    }
}
