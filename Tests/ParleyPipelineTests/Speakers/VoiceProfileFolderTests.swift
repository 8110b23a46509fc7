import Foundation
import ParleyCore
import ParleyPipeline
import ParleyTestSupport
import Testing

/// What only the store in a folder has.
@Suite struct VoiceProfileFolderTests {
    private let place: TemporaryFolder
    private let path: String
    private let damage = Locked<[String]>([])

    init() throws {
        place = try TemporaryFolder()
        path = place.path("data/speakers")
    }

    private func store() -> VoiceProfileFolder {
        VoiceProfileFolder(
            path: path, maximumCount: 10, now: { Date(timeIntervalSince1970: 1_790_000_000) },
            onDamage: { [damage] file, cause in
                damage.update { $0.append("\(file.split(separator: "/").last ?? ""): \(cause)") }
            })
    }

    private static let print = VoicePrint(encoder: "ge2e", values: [0.6, 0.8], speechSeconds: 3)

    private func permissions(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test func nothingIsMadeBeforeTheFirstVoice() async throws {
        #expect(try await store().profiles().isEmpty)
        await #expect(throws: VoiceProfileError.self) { try await store().remove(id: "x") }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test(arguments: [
        "../../x", "/etc/passwd", ".", "..", "a/b", "con", "-rf", "Łódź 山田", String(repeating: "n", count: 100),
    ])
    func onlyTheOwnerReadsFilesThatAreNotNamedAfterPeople(_ name: String) async throws {
        let profile = try await store().save(Self.print, name: VoiceProfileName(name), replaces: true)
        let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        #expect(names == [".lock", "\(profile.id).json"])
        #expect(profile.id.wholeMatch(of: /spk_[0-9a-f]{32}/) != nil && profile.createdUnixSeconds == 1_790_000_000)
        #expect(try permissions(path) == 0o700)
        #expect(try permissions("\(path)/\(profile.id).json") == 0o600)
        #expect(try FileManager.default.subpathsOfDirectory(atPath: place.url.path).count == 4)
        #expect(try await store().profiles().map(\.name.text) == [name])
    }

    /// The form of a file is a promise: what one version has written the next one reads.
    @Test func aFileOfVersionOne() async throws {
        let id = "spk_00112233445566778899aabbccddeeff"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try """
        {"version": 1, "id": "\(id)", "name": "Ruth", "created": 5, "encoder": "ge2e", "speech_seconds": 3,
         "vector": [0.6, 0.8]}
        """.write(toFile: "\(path)/\(id).json", atomically: true, encoding: .utf8)
        #expect(
            try await store().profiles() == [
                VoiceProfile(id: id, name: VoiceProfileName("Ruth"), createdUnixSeconds: 5, print: Self.print)
            ])
        #expect(damage.value.isEmpty)
    }

    @Test(arguments: [
        "", "{", "[]", "null", "\u{0}\u{0}", #"{"version": 2}"#,
        #"{"version": 2, "id": "ID", "name": "R", "created": 5, "encoder": "e", "speech_seconds": 3, "vector": [1]}"#,
        #"{"version": 1, "id": "spk_x", "name": "R", "created": 5, "encoder": "e", "speech_seconds": 3, "vector": [1]}"#,
        #"{"version": 1, "id": "ID", "name": "\u0007", "created": 5, "encoder": "e", "speech_seconds": 3, "vector": [1]}"#,
        #"{"version": 1, "id": "ID", "name": "R", "created": 5, "encoder": "", "speech_seconds": 3, "vector": [1]}"#,
        #"{"version": 1, "id": "ID", "name": "R", "created": 5, "encoder": "e", "speech_seconds": 3, "vector": []}"#,
        #"{"version": 1, "id": "ID", "name": "R", "created": 5, "encoder": "e", "speech_seconds": 3, "vector": [9]}"#,
        #"{"version": 1, "id": "ID", "name": "R", "created": 5, "encoder": "e", "speech_seconds": -3, "vector": [1]}"#,
        #"{"version": 1, "id": "ID", "name": "R", "created": 5, "encoder": "e", "speech_seconds": 3, "vector": ["a"]}"#,
    ])
    func aDamagedFileIsReportedOnceAndLeftOut(_ text: String) async throws {
        let store = store()
        let ruth = try await store.save(Self.print, name: VoiceProfileName("Ruth"), replaces: true)
        let id = "spk_ffffffffffffffffffffffffffffffff"
        try text.replacing("ID", with: id).write(toFile: "\(path)/\(id).json", atomically: true, encoding: .utf8)
        #expect(try await store.profiles() == [ruth])
        #expect(try await store.profiles() == [ruth])
        #expect(damage.value.count == 1 && damage.value.first?.hasPrefix("\(id).json: ") == true)
    }

    @Test func aCutFileIsMendedByEnrollingAgain() async throws {
        let store = store()
        let ruth = try await store.save(Self.print, name: VoiceProfileName("Ruth"), replaces: true)
        #expect(truncate("\(path)/\(ruth.id).json", 40) == 0)
        #expect(try await store.profiles().isEmpty)
        let again = try await store.save(Self.print, name: VoiceProfileName("Ruth"), replaces: true)
        #expect(try await store.profiles() == [again])
    }

    /// Links and folders in the place of files lead nowhere.
    @Test func whatIsNoPlainFile() async throws {
        let store = store()
        let ruth = try await store.save(Self.print, name: VoiceProfileName("Ruth"), replaces: true)
        let file = "\(path)/\(ruth.id).json"
        try FileManager.default.moveItem(atPath: file, toPath: place.path("elsewhere"))
        try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: place.path("elsewhere"))
        try FileManager.default.createDirectory(
            atPath: "\(path)/spk_folder.json", withIntermediateDirectories: false)
        #expect(mkfifo("\(path)/spk_pipe.json", 0o600) == 0)
        #expect(try await store.profiles().isEmpty)
        #expect(damage.value.count == 3)
    }

    @Test func theOlderOfTwoFilesWithOneNameCounts() async throws {
        let store = store()
        let ruth = try await store.save(Self.print, name: VoiceProfileName("Ruth"), replaces: true)
        let copy = "spk_ffffffffffffffffffffffffffffffff"
        try String(contentsOfFile: "\(path)/\(ruth.id).json", encoding: .utf8).replacing(ruth.id, with: copy)
            .write(toFile: "\(path)/\(copy).json", atomically: true, encoding: .utf8)
        #expect(try await store.profiles() == [ruth])
        #expect(damage.value == ["\(copy).json: another file has the same name"])
    }

    @Test func aFolderThatCannotBeHad() async throws {
        _ = try place.write("data", Array("a file".utf8))
        let name = try VoiceProfileName("Ruth")
        let error = await #expect(throws: VoiceProfileError.self) {
            try await store().save(Self.print, name: name, replaces: true)
        }
        #expect(error?.code == .storageFailed && error?.message.contains("/") == false)
    }
}
