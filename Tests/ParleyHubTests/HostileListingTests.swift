import Foundation
import ParleyTestSupport
import Testing

@testable import ParleyHub

/// Lists of files that nobody should believe.
@Suite struct HostileListingTests {
    private static let digest = String(repeating: "a", count: 64)
    private static let commit = String(repeating: "b", count: 40)

    private static func listing(_ siblings: String, sha: String = commit) throws -> HubListing {
        try HubListing(Data("{\"sha\":\"\(sha)\",\"siblings\":[\(siblings)]}".utf8))
    }

    private static func large(_ name: String, size: String = "1", sha256: String = digest) -> String {
        "{\"rfilename\":\"\(name)\",\"size\":\(size),\"lfs\":{\"sha256\":\"\(sha256)\",\"size\":\(size)}}"
    }

    @Test(arguments: [
        "../x", "/etc/passwd", "a/../../b", "a//b", ".", "a/.", "", "a\\\\b", "a\\u0000b", "a\\nb", "C:x", "a/",
        String(repeating: "x", count: 256), "a/b/c/d/e/f/g/h/i",
    ])
    func namesThatLeadOut(_ name: String) {
        #expect(throws: HubError.self) { try Self.listing(Self.large(name)) }
    }

    @Test(arguments: [
        "[]", "", "{\"sha\":1}", "{\"sha\":\"\(commit)\"}", "{\"sha\":\"main\",\"siblings\":[]}",
        "{\"sha\":\"\(commit)\",\"siblings\":[{\"rfilename\":\"a\",\"size\":1}]}",
        "{\"sha\":\"\(commit)\",\"siblings\":[{\"rfilename\":\"a\",\"blobId\":\"\(commit)\"}]}",
    ])
    func documentsThatAreNone(_ text: String) {
        #expect(throws: HubError.self) { try HubListing(Data(text.utf8)) }
    }

    @Test func sizesAndChecksumsThatAreNone() throws {
        for size in ["-1", "1e30", "9223372036854775807", "\"1\"", "null"] {
            #expect(throws: HubError.self, "\(size)") { try Self.listing(Self.large("a", size: size)) }
        }
        for sha256 in ["", "../../etc/passwd", String(repeating: "A", count: 64), String(repeating: "a", count: 63)] {
            #expect(throws: HubError.self, "\(sha256)") { try Self.listing(Self.large("a", sha256: sha256)) }
        }
        #expect(throws: HubError.self) { try Self.listing(Self.large("a") + "," + Self.large("a")) }
        #expect(
            try Self.listing(Self.large("a")).files == [
                HubFile(path: "a", byteCount: 1, digest: .sha256(Self.digest))
            ])
    }

    @Test func licencesInEveryForm() throws {
        func license(_ card: String) throws -> String? {
            try HubListing(Data("{\"sha\":\"\(Self.commit)\",\"siblings\":[],\"cardData\":\(card)}".utf8)).license
        }
        #expect(try license("{\"license\":\"mit\"}") == "mit")
        #expect(try license("{\"license\":[\"mit\",\"other\"]}") == "mit")
        #expect(try license("{}") == nil && license("null") == nil)
    }

    /// The whole way: nothing is written anywhere.
    @Test(arguments: ["../../escaped.json", "/tmp/parley-escaped.json", "onnx/../../../escaped.json"])
    func aHostileRepositoryIsRefused(_ name: String) async throws {
        let fixture = try HubFixture()
        let entry = "[{\"rfilename\":\"\(name)\",\"size\":2,\"blobId\":\"\(Self.commit)\"}]"
        try fixture.hub.get().add([".siblings": Array(entry.utf8)], to: HubFixture.repository)
        #expect(await fixture.failure()?.code == .hubFault)
        #expect(fixture.installedFiles.isEmpty && fixture.parts.isEmpty)
    }

    @Test func aModelThatIsLargerThanTheDiskIsNotBegun() async throws {
        let fixture = try HubFixture()
        let hub = try fixture.hub.get()
        let entry = "[" + Self.large("onnx/encoder_model_int8.onnx_data", size: "\(1 << 40)") + "]"
        try hub.add([".siblings": Array(entry.utf8)], to: HubFixture.repository)
        let error = await fixture.failure()
        #expect(error?.code == .diskFull && error?.message.contains("are free") == true)
        #expect(try hub.takeLog().allSatisfy { $0.place == "api" })
    }

    @Test func junkInsteadOfAList() async throws {
        let fixture = try HubFixture()
        try fixture.hub.get().fail(.init("junk", on: "api"))
        #expect(await fixture.failure()?.code == .hubFault)
    }
}
