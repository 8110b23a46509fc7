import ParleyCore
import ParleyPipeline
import ParleyTestSupport
import Testing

/// What every store of voices promises; a new one is a line in ``Kind``.
@Suite struct VoiceProfileStoreTests {
    enum Kind: CaseIterable, CustomTestStringConvertible {
        case folder

        var testDescription: String { "\(self)" }

        /// A store for five profiles that stands in the same place whenever it is opened.
        func open(in place: TemporaryFolder) -> any VoiceProfileStore {
            switch self {
            case .folder: VoiceProfileFolder(path: place.path("speakers"), maximumCount: 5)
            }
        }
    }

    private let place: TemporaryFolder

    init() throws { place = try TemporaryFolder() }

    private func print(_ direction: Int = 0) -> VoicePrint {
        var values = [Float](repeating: 0, count: 8)
        values[direction] = 1
        return VoicePrint(encoder: "test", values: values, speechSeconds: 4.5)
    }

    private func error(_ body: () async throws -> Void) async -> VoiceProfileError.Code? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? VoiceProfileError)?.code
        }
    }

    @Test(arguments: Kind.allCases) func keepsVoices(_ kind: Kind) async throws {
        let store = kind.open(in: place)
        #expect(try await store.profiles().isEmpty)
        let ruth = try await store.save(print(1), name: VoiceProfileName("Ruth"), replaces: true)
        let abel = try await store.save(print(2), name: VoiceProfileName("abel"), replaces: false)
        #expect(try await store.profiles() == [abel, ruth])
        #expect(ruth.print == print(1) && ruth.name.text == "Ruth" && ruth.id != abel.id)
        #expect(try await store.profile(id: ruth.id) == ruth)
    }

    @Test(arguments: Kind.allCases) func aRestartForgetsNothing(_ kind: Kind) async throws {
        let kept = try await kind.open(in: place).save(print(3), name: VoiceProfileName("Łódź 山田"), replaces: true)
        #expect(try await kind.open(in: place).profiles() == [kept])
    }

    @Test(arguments: Kind.allCases) func aSecondEnrolmentReplaces(_ kind: Kind) async throws {
        let store = kind.open(in: place)
        let first = try await store.save(print(1), name: VoiceProfileName("Ruth"), replaces: true)
        let second = try await store.save(print(2), name: VoiceProfileName("RUTH"), replaces: true)
        #expect(second.id == first.id && second.print == print(2))
        #expect(try await store.profiles() == [second])
        let name = try VoiceProfileName("ruth")
        #expect(await error { _ = try await store.save(print(3), name: name, replaces: false) } == .nameTaken)
        #expect(try await store.profiles() == [second])
    }

    @Test(arguments: Kind.allCases) func removes(_ kind: Kind) async throws {
        let store = kind.open(in: place)
        let ruth = try await store.save(print(), name: VoiceProfileName("Ruth"), replaces: true)
        #expect(try await store.remove(id: ruth.id) == ruth)
        #expect(try await store.profiles().isEmpty)
        #expect(await error { _ = try await store.remove(id: ruth.id) } == .unknown)
        #expect(await error { _ = try await store.profile(id: ruth.id) } == .unknown)
    }

    @Test(arguments: Kind.allCases, ["", ".", "..", "../../x", "/etc/passwd", "spk_", "spk_\u{0}", ".lock", "*"])
    func idsThatNobodyMade(_ kind: Kind, _ id: String) async throws {
        let store = kind.open(in: place)
        #expect(await error { _ = try await store.remove(id: id) } == .unknown)
        let ruth = try await store.save(print(), name: VoiceProfileName("Ruth"), replaces: true)
        #expect(await error { _ = try await store.remove(id: id) } == .unknown)
        #expect(await error { _ = try await store.profile(id: id) } == .unknown)
        #expect(try await store.profiles() == [ruth])
    }

    @Test(arguments: Kind.allCases) func theLimit(_ kind: Kind) async throws {
        let store = kind.open(in: place)
        for index in 0..<5 { _ = try await store.save(print(), name: VoiceProfileName("n\(index)"), replaces: true) }
        let sixth = try VoiceProfileName("n5")
        #expect(await error { _ = try await store.save(print(), name: sixth, replaces: true) } == .limitReached)
        // A replacement needs no room.
        _ = try await store.save(print(1), name: VoiceProfileName("n0"), replaces: true)
        #expect(try await store.profiles().count == 5)
    }

    /// Two stores on one place stand for two processes.
    @Test(arguments: Kind.allCases) func manyAtOnce(_ kind: Kind) async throws {
        let stores = [kind.open(in: place), kind.open(in: place)]
        let name = try VoiceProfileName("Ruth")
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            for index in 0..<40 {
                let print = print(index % 8)
                group.addTask { try await stores[index % 2].save(print, name: name, replaces: true).id }
            }
            var ids: Set<String> = []
            for try await id in group { ids.insert(id) }
            return ids
        }
        let profiles = try await stores[0].profiles()
        #expect(profiles.map(\.id) == Array(ids))
    }

    @Test(arguments: Kind.allCases) func onlyOneOfManyWinsANewName(_ kind: Kind) async throws {
        let stores = [kind.open(in: place), kind.open(in: place)]
        let name = try VoiceProfileName("Ruth")
        let codes = await withTaskGroup(of: VoiceProfileError.Code?.self) { group in
            for index in 0..<10 {
                group.addTask {
                    await error { _ = try await stores[index % 2].save(print(), name: name, replaces: false) }
                }
            }
            var codes: [VoiceProfileError.Code?] = []
            for await code in group { codes.append(code) }
            return codes
        }
        #expect(codes.count { $0 == nil } == 1 && codes.count { $0 == .nameTaken } == 9)
    }
}
