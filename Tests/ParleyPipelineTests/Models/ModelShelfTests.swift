import ParleyCore
import ParleyTestSupport
import Testing

@testable import ParleyPipeline

@Suite(.timeLimit(.minutes(15))) struct ModelShelfTests {
    private let clock = ManualClock()

    private func makeShelf(_ models: [FakeModel], ttl: Duration? = nil, kept: Set<String>? = []) throws -> ModelShelf {
        try ModelShelf(
            catalog: { models.map(\.known) }, options: .init(timeToLive: ttl, kept: kept), clock: clock.clock)
    }

    private func until(_ condition: () -> Bool) async { while !condition() { await Task.yield() } }

    @Test func modelsAreDescribedWithoutBeingLoaded() throws {
        let models = [FakeModel("one"), FakeModel("two")]
        let shelf = try makeShelf(models)
        #expect(shelf.descriptors.map(\.id) == ["one", "two"])
        #expect(try shelf.descriptor(nil).id == "one")
        #expect(models.allSatisfy { $0.loadCount.value == 0 })
        #expect(shelf.loadedModels.isEmpty)
        #expect { try shelf.descriptor("three") } throws: { ($0 as? RecognitionError)?.code == .modelUnknown }
    }

    @Test func manyFirstRequestsLoadOnce() async throws {
        let model = FakeModel("one", waits: true)
        let shelf = try makeShelf([model])
        let requests = (0..<50).map { _ in Task { try await shelf.lease("one") } }
        await until { shelf.loadedModels.first?.requestCount == 50 }
        #expect(shelf.loadedModels.map(\.state) == [.loading])
        model.open()
        for request in requests { #expect(try await request.value.recognizer.descriptor.id == "one") }
        #expect(model.loadCount.value == 1 && model.liveCount == 1)
        #expect(shelf.modelCounts.loads == 1)
        #expect(shelf.loadedModels.map(\.requestCount) == [50])
    }

    @Test func aFailedLoadIsToldToAllAndTriedAgainByTheNext() async throws {
        let model = FakeModel("one", waits: true)
        model.failures.update { $0 = [RecognitionError(.modelUnavailable, "damaged")] }
        let shelf = try makeShelf([model])
        let requests = (0..<5).map { _ in Task { try await shelf.lease(nil) } }
        await until { shelf.loadedModels.first?.requestCount == 5 }
        model.open()
        for request in requests {
            await #expect { try await request.value } throws: { ($0 as? RecognitionError)?.message == "damaged" }
        }
        #expect(shelf.loadedModels.isEmpty && shelf.modelCounts.failures == 1)
        model.open()
        #expect(try await shelf.lease(nil).recognizer.descriptor.id == "one")
        #expect(model.loadCount.value == 2)
    }

    @Test func oneWhoGivesUpDoesNotCancelTheLoadOfTheOthers() async throws {
        let model = FakeModel("one", waits: true)
        let shelf = try makeShelf([model])
        let first = Task { try await shelf.lease("one") }
        await until { shelf.loadedModels.first?.requestCount == 1 }
        let second = Task { try await shelf.lease("one") }
        await until { shelf.loadedModels.first?.requestCount == 2 }
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        #expect(shelf.loadedModels.map(\.requestCount) == [1])
        model.open()
        #expect(try await second.value.recognizer.descriptor.id == "one")
        #expect(model.loadCount.value == 1)
    }

    @Test func aLoadThatAllHaveGivenUpIsNotWasted() async throws {
        let model = FakeModel("one", waits: true)
        let shelf = try makeShelf([model])
        let only = Task { try await shelf.lease("one") }
        await until { shelf.loadedModels.first?.requestCount == 1 }
        only.cancel()
        _ = await only.result
        model.open()
        await until { shelf.loadedModels.first?.state == .loaded }
        #expect(shelf.loadedModels.map(\.requestCount) == [0])
        _ = try await shelf.lease("one")
        #expect(model.loadCount.value == 1)
    }

    @Test func anIdleModelLeavesMemoryAfterItsTime() async throws {
        let model = FakeModel("one")
        let shelf = try makeShelf([model], ttl: .seconds(300))
        #expect(clock.sleeperCount == 0)
        try await shelf.lease("one").release()
        await until { clock.sleeperCount == 1 }
        clock.advance(by: .seconds(299))
        #expect(shelf.loadedModels.map(\.idle) == [.seconds(299)])
        clock.advance(by: .seconds(1))
        await until { shelf.loadedModels.isEmpty && model.liveCount == 0 }
        #expect(shelf.modelCounts.unloads == 1)
        // Nothing ticks when nothing is loaded.
        await until { clock.sleeperCount == 0 }
        _ = try await shelf.lease("one")
        #expect(model.loadCount.value == 2)
    }

    @Test func aModelInUseStaysAndItsTimeBeginsWithTheLastLease() async throws {
        let model = FakeModel("one")
        let shelf = try makeShelf([model], ttl: .seconds(300))
        let lease = try await shelf.lease("one")
        await until { clock.sleeperCount == 1 }
        clock.advance(by: .seconds(300))
        await until { clock.sleeperCount == 1 }
        clock.advance(by: .seconds(100))
        #expect(shelf.loadedModels.map(\.state) == [.loaded])
        lease.release()
        // It is looked at when 600 s have passed, of which it was idle for 200.
        clock.advance(by: .seconds(200))
        await until { clock.sleeperCount == 1 }
        #expect(shelf.loadedModels.map(\.idle) == [.seconds(200)])
        clock.advance(by: .seconds(100))
        await until { shelf.loadedModels.isEmpty }
    }

    @Test func keptModelsStay() async throws {
        let models = [FakeModel("one"), FakeModel("two")]
        let shelf = try makeShelf(models, ttl: .seconds(300), kept: nil)
        for id in ["one", "two"] { try await shelf.lease(id).release() }
        await until { clock.sleeperCount == 1 }
        clock.advance(by: .seconds(10_000))
        await until { shelf.loadedModels.map(\.id) == ["one"] }
        await until { clock.sleeperCount == 0 }
    }

    @Test func anUnloadWaitsForThoseAtWorkAndNewRequestsGetAFreshCopy() async throws {
        let model = FakeModel("one")
        let shelf = try makeShelf([model])
        var old: ModelLease? = try await shelf.lease("one")
        #expect(shelf.unload("one") == .afterRequests(1))
        #expect(shelf.loadedModels.map(\.state) == [.unloading])
        let fresh = try await shelf.lease("one")
        #expect(model.loadCount.value == 2 && model.liveCount == 2)
        #expect(shelf.loadedModels.map(\.state) == [.unloading, .loaded])
        #expect(old?.recognizer.descriptor.id == "one")
        old = nil
        #expect(model.liveCount == 1)
        #expect(shelf.loadedModels.map(\.state) == [.loaded])
        #expect(shelf.loadedModels.map(\.requestCount) == [1])
        fresh.release()
        #expect(shelf.unload("two") == .notLoaded)
    }

    @Test func anUnloadDuringTheLoadFailsNobody() async throws {
        let model = FakeModel("one", waits: true)
        let shelf = try makeShelf([model])
        let request = Task { try await shelf.lease("one").release() }
        await until { shelf.loadedModels.first?.requestCount == 1 }
        #expect(shelf.unload("one") == .afterRequests(1))
        model.open()
        try await request.value
        await until { shelf.loadedModels.isEmpty && model.liveCount == 0 }
        #expect(shelf.modelCounts.unloads == 1)
    }

    @Test func operatorsLoadAndUnload() async throws {
        let installed = Locked([FakeModel("one")])
        let shelf = try ModelShelf(catalog: { installed.value.map(\.known) })
        #expect(try await shelf.load("one"))
        #expect(try await shelf.load("one") == false)
        #expect(shelf.unload("one") == .unloaded)
        #expect(shelf.unload("one") == .notLoaded)
        // One that came after the start is found.
        installed.update { $0.append(FakeModel("two")) }
        #expect(try await shelf.load("two"))
        #expect(shelf.descriptors.map(\.id) == ["one", "two"])
        await #expect {
            try await shelf.load("three")
        } throws: {
            ($0 as? RecognitionError)?.code == .modelUnknown
        }
    }

    @Test func foldersThatAreNoModelsAreToldAndLeftOut() throws {
        let events = Locked<[String]>([])
        let broken = LoadableModel(
            id: "broken", directory: "/models/broken",
            describe: { throw RecognitionError(.modelUnavailable, "no model here") },
            load: { throw RecognitionError(.modelUnavailable, "no model here") })
        let shelf = try ModelShelf(
            catalog: { [FakeModel("one").known, broken] },
            observe: { event in
                if case .unusable(let id, _) = event { events.update { $0.append(id) } }
            })
        #expect(shelf.descriptors.map(\.id) == ["one"] && events.value == ["broken"])
        #expect(throws: RecognitionError.self) { try ModelShelf(catalog: { [broken] }) }
        #expect(throws: RecognitionError.self) { try ModelShelf(catalog: { [] }) }
    }

    /// Uses, cancellations and unloads, all at once: no request fails, and nothing stays behind.
    @Test func aModelIsReplacedUnderTrafficWithoutAnError() async throws {
        let models = [FakeModel("one"), FakeModel("two")]
        let shelf = try makeShelf(models)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    for round in 0..<200 {
                        let id = (worker + round) % 3 == 0 ? "two" : "one"
                        if (worker * 31 + round) % 7 == 0 {
                            let task = Task { try await shelf.lease(id) }
                            task.cancel()
                            if case .failure(let error) = await task.result { #expect(error is CancellationError) }
                        }
                        let lease = try await shelf.lease(id)
                        #expect(lease.recognizer.descriptor.id == id)
                        await Task.yield()
                    }
                }
            }
            group.addTask {
                for round in 0..<400 {
                    _ = shelf.unload(round % 2 == 0 ? "one" : "two")
                    await Task.yield()
                }
            }
            try await group.waitForAll()
        }
        await until { shelf.loadedModels.allSatisfy { $0.state != .loading } }
        for id in ["one", "two"] { _ = shelf.unload(id) }
        await until { shelf.loadedModels.isEmpty && models.allSatisfy { $0.liveCount == 0 } }
        #expect(shelf.modelCounts.loads == shelf.modelCounts.unloads)
        #expect(shelf.modelCounts.loads == models.reduce(0) { $0 + $1.loadCount.value })
    }

    @Test func aShelfThatIsLetGoLeavesNothing() async throws {
        let model = FakeModel("one")
        weak var gone: ModelShelf?
        do {
            let shelf = try makeShelf([model], ttl: .seconds(300))
            gone = shelf
            try await shelf.lease("one").release()
            await until { clock.sleeperCount == 1 }
        }
        await until { gone == nil && model.liveCount == 0 && clock.sleeperCount == 0 }
    }
}
