import Dispatch
import ParleyCore
import ParleyTestSupport
import Testing

@testable import ParleyInference

private typealias Scheduler = BatchScheduler<Int, String, String>

/// A replica that begins a batch when it is given one and ends it when the test says so.
private final class ManualReplica: Sendable {
    struct Batch: Sendable {
        let entries: [BatchEntry<Int>]
        let bucket: String
        let cancellation: CancellationFlag
        var jobs: [Int] { entries.map(\.job) }
    }

    private let begun = BoundedChannel<Batch>(capacity: 64)
    private let results = Locked<[[Scheduler.Outcome]]>([])
    private let go = DispatchSemaphore(value: 0)

    var execute: Scheduler.Execute {
        { [self] entries, bucket, cancellation in
            let batch = Batch(entries: entries, bucket: bucket, cancellation: cancellation)
            let sent = DispatchSemaphore(value: 0)
            Task {
                try await begun.send(batch)
                sent.signal()
            }
            sent.wait()
            go.wait()
            return results.update { $0.removeFirst() }
        }
    }

    /// The next batch that began.
    func next() async throws -> Batch { try #require(await begun.next()) }

    /// Ends the running batch.
    func end(_ outcomes: [Scheduler.Outcome]) {
        results.update { $0.append(outcomes) }
        go.signal()
    }

    /// Ends a batch with a result for each entry.
    func finish(_ batch: Batch) { end(batch.jobs.map { .finished("done \($0)") }) }
}

@Suite(.timeLimit(.minutes(15))) struct BatchSchedulerTests {
    private let replica = ManualReplica()
    private let request = RequestID()

    private func makeScheduler(batch: Int = 4, wait: Duration = .zero, maximumQueued: Int = 100) -> Scheduler {
        Scheduler(
            name: "test", options: BatchingOptions(maximumBatch: batch, maximumWait: wait),
            maximumQueued: maximumQueued, replicas: [replica.execute])
    }

    /// Queues a job and returns when it is queued.
    private func queue(
        _ job: Int, on scheduler: Scheduler, bucket: String = "a", of request: RequestID? = nil,
        _ priority: WorkPriority = .interactive
    ) async -> Task<String, any Error> {
        let before = scheduler.status.queuedRows
        let task = Task { [request = request ?? self.request] in
            try await scheduler.run(job, bucket: bucket, request: request, priority: priority)
        }
        while scheduler.status.queuedRows == before { await Task.yield() }
        return task
    }

    /// Begins a batch of one job, so that what is queued next stays queued.
    private func occupy(_ scheduler: Scheduler) async throws -> (ManualReplica.Batch, Task<String, any Error>) {
        let task = Task { [request] in
            try await scheduler.run(0, bucket: "a", request: request, priority: .interactive)
        }
        return (try await replica.next(), task)
    }

    @Test func eachJobGetsItsOwnResult() async throws {
        let scheduler = makeScheduler()
        let (first, task) = try await occupy(scheduler)
        let tasks = [await queue(1, on: scheduler), await queue(2, on: scheduler)]
        replica.finish(first)
        #expect(try await task.value == "done 0")
        let second = try await replica.next()
        #expect(second.jobs == [1, 2])
        replica.finish(second)
        #expect(try await tasks[0].value == "done 1")
        #expect(try await tasks[1].value == "done 2")
    }

    @Test func aFullBatchDoesNotWait() async throws {
        let scheduler = makeScheduler(batch: 2, wait: .seconds(3_600))
        let one = await queue(1, on: scheduler)
        let two = Task { try await scheduler.run(2, bucket: "a", request: request, priority: .batch) }
        let batch = try await replica.next()
        #expect(batch.jobs == [1, 2])
        replica.finish(batch)
        _ = try await (one.value, two.value)
    }

    @Test func aBatchThatIsNotFullGoesAfterTheLongestWait() async throws {
        let scheduler = makeScheduler(batch: 8, wait: .milliseconds(20))
        let began = ContinuousClock.now
        let one = Task { try await scheduler.run(1, bucket: "a", request: request, priority: .live) }
        let batch = try await replica.next()
        // At least the wait; how much more is the machine's matter.
        #expect(began.duration(to: .now) >= .milliseconds(20))
        replica.finish(batch)
        #expect(try await one.value == "done 1")
    }

    @Test func aClipWaitsForOneBatchOfALongFileAtMost() async throws {
        let scheduler = makeScheduler(batch: 8, maximumQueued: 4_000)
        let (first, file) = try await occupy(scheduler)
        let windows = (1...3_000).map { job in
            Task { try await scheduler.run(job, bucket: "a", request: request, priority: .interactive) }
        }
        while scheduler.status.queuedRows < 3_000 { await Task.yield() }
        let clip = await queue(-1, on: scheduler, bucket: "b", of: RequestID())
        replica.finish(first)
        let second = try await replica.next()
        #expect(second.jobs == [-1])
        replica.finish(second)
        #expect(try await clip.value == "done -1")
        for window in windows { window.cancel() }
        replica.finish(try await replica.next())
        _ = try await file.value
        for window in windows { _ = await window.result }
    }

    @Test func aFailedRowDoesNotTouchTheOthers() async throws {
        let scheduler = makeScheduler()
        let (first, task) = try await occupy(scheduler)
        let tasks = [await queue(1, on: scheduler), await queue(2, on: scheduler)]
        replica.finish(first)
        _ = try await task.value
        _ = try await replica.next()
        replica.end([.failed(AudioError(.empty, "nothing")), .finished("fine")])
        await #expect(throws: AudioError.self) { try await tasks[0].value }
        #expect(try await tasks[1].value == "fine")
    }

    @Test func aRowGoesOnWithAnotherJobInAnotherBucket() async throws {
        let scheduler = makeScheduler()
        let (first, task) = try await occupy(scheduler)
        replica.end([.again(first.jobs[0] + 100, "decode")])
        let second = try await replica.next()
        #expect(second.jobs == [100])
        #expect(second.bucket == "decode")
        replica.finish(second)
        #expect(try await task.value == "done 100")
    }

    @Test(arguments: [0, 1]) func missingOutcomesAreATypedError(given: Int) async throws {
        let scheduler = makeScheduler()
        let (first, task) = try await occupy(scheduler)
        let tasks = [await queue(1, on: scheduler), await queue(2, on: scheduler)]
        replica.finish(first)
        _ = try await task.value
        _ = try await replica.next()
        replica.end(Array(repeating: .finished("fine"), count: given))
        let failures = await [tasks[0].result, tasks[1].result].compactMap { result -> InferenceError.Code? in
            guard case .failure(let error as InferenceError) = result else { return nil }
            return error.code
        }
        #expect(failures == Array(repeating: .runFailed, count: 2 - given))
    }

    @Test func outcomesTooManyAreLeftOut() async throws {
        let scheduler = makeScheduler()
        let (_, task) = try await occupy(scheduler)
        replica.end([.finished("fine"), .finished("what?")])
        #expect(try await task.value == "fine")
    }

    @Test func aQueueThatIsFullRefuses() async throws {
        let scheduler = makeScheduler(maximumQueued: 1)
        let (first, task) = try await occupy(scheduler)
        let queued = await queue(1, on: scheduler)
        await #expect(throws: AdmissionError.queueFull(retryAfter: .seconds(5))) {
            try await scheduler.run(2, bucket: "a", request: request, priority: .live)
        }
        replica.finish(first)
        replica.finish(try await replica.next())
        _ = try await (task.value, queued.value)
    }

    @Test func aCancelledJobLeavesTheQueueAtOnce() async throws {
        let scheduler = makeScheduler()
        let (first, task) = try await occupy(scheduler)
        let queued = await queue(1, on: scheduler)
        queued.cancel()
        // The replica is still at work, so the caller did not wait for it.
        await #expect(throws: CancellationError.self) { try await queued.value }
        #expect(scheduler.status.queuedRows == 0)
        replica.finish(first)
        _ = try await task.value
    }

    @Test func aCancelledRowOfABatchIsDroppedAndTheOthersGoOn() async throws {
        let scheduler = makeScheduler()
        let (first, task) = try await occupy(scheduler)
        let tasks = [await queue(1, on: scheduler), await queue(2, on: scheduler)]
        replica.finish(first)
        _ = try await task.value
        let batch = try await replica.next()
        tasks[0].cancel()
        await #expect(throws: CancellationError.self) { try await tasks[0].value }
        #expect(batch.entries.map(\.cancellation.isCancelled) == [true, false])
        #expect(!batch.cancellation.isCancelled)
        tasks[1].cancel()
        await #expect(throws: CancellationError.self) { try await tasks[1].value }
        #expect(batch.cancellation.isCancelled)
        // Late outcomes, whatever they are, change nothing.
        replica.end([.again(1, "a"), .finished("late")])
        let next = Task { try await scheduler.run(3, bucket: "a", request: request, priority: .live) }
        let last = try await replica.next()
        #expect(last.jobs == [3])
        replica.finish(last)
        #expect(try await next.value == "done 3")
    }

    @Test func aTaskThatIsCancelledAlreadyIsNotQueued() async throws {
        let scheduler = makeScheduler()
        let task = Task { [request] in
            while !Task.isCancelled { await Task.yield() }
            return try await scheduler.run(1, bucket: "a", request: request, priority: .live)
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(scheduler.status.batchCount == 0)
    }

    @Test func theStatusTellsWhatGoesOn() async throws {
        let scheduler = makeScheduler(batch: 4)
        let (first, task) = try await occupy(scheduler)
        let queued = [await queue(1, on: scheduler), await queue(2, on: scheduler)]
        let busy = scheduler.status
        #expect(busy.queuedRows == 2)
        #expect(busy.runningRows == 1)
        #expect(busy.replicas.map(\.isBusy) == [true])
        #expect(busy.oldestWait != nil)
        replica.finish(first)
        replica.finish(try await replica.next())
        _ = try await (task.value, queued[0].value, queued[1].value)
        let idle = scheduler.status
        #expect(idle.batchesByRows == [1, 1, 0, 0])
        #expect(idle.batchCount == 2)
        #expect(idle.rowCount == 3)
        #expect(idle.meanFill == 3.0 / 8)
        #expect(idle.oldestWait == nil)
    }

    @Test func severalReplicasWorkAtTheSameTime() async throws {
        let other = ManualReplica()
        let scheduler = Scheduler(
            name: "two", options: BatchingOptions(maximumBatch: 1, maximumWait: .zero),
            replicas: [replica.execute, other.execute])
        let tasks = (0..<2).map { job in
            Task { try await scheduler.run(job, bucket: "a", request: request, priority: .batch) }
        }
        // Neither ends before both have begun.
        let batches = (try await replica.next(), try await other.next())
        // What goes on stays where it was.
        replica.end([.again(batches.0.jobs[0] + 10, "a")])
        other.finish(batches.1)
        let again = try await replica.next()
        #expect(again.jobs == [batches.0.jobs[0] + 10])
        replica.finish(again)
        for task in tasks { _ = try await task.value }
    }

    @Test func nothingIsLeftWhenItIsLetGo() async throws {
        final class Token: Sendable {}
        weak var job: Token?
        weak var model: Farewell?
        let left = DispatchSemaphore(value: 0)
        do {
            let (token, held) = (Token(), Farewell(left))
            (job, model) = (token, held)
            let scheduler = BatchScheduler<Token, Int, Int>(
                name: "leak", options: BatchingOptions(maximumWait: .zero),
                replicas: [{ [held] batch, _, _ in withExtendedLifetime(held) { batch.map { _ in .finished(1) } } }])
            #expect(try await scheduler.run(token, bucket: 0, request: request, priority: .live) == 1)
        }
        // The thread lets go of the executor when it ends.
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                left.wait()
                continuation.resume()
            }
        }
        #expect(job == nil)
        #expect(model == nil)
    }

    /// Says when it goes.
    private final class Farewell: Sendable {
        private let left: DispatchSemaphore
        init(_ left: DispatchSemaphore) { self.left = left }
        deinit { left.signal() }
    }

    /// Not a verdict but a figure: `swift test --filter theCostOfAJob` prints it.
    @Test func theCostOfAJob() async throws {
        let scheduler = BatchScheduler<Int, Int, Int>(
            name: "cost", options: BatchingOptions(maximumBatch: 8, maximumWait: .zero),
            replicas: [{ batch, _, _ in batch.map { .finished($0.job) } }])
        let (requestCount, jobCount) = (32, 500)
        let began = ContinuousClock.now
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<requestCount {
                group.addTask {
                    let request = RequestID()
                    var sum = 0
                    for job in 0..<jobCount {
                        sum += try await scheduler.run(job, bucket: job % 3, request: request, priority: .batch)
                    }
                    return sum
                }
            }
            for try await sum in group { #expect(sum == jobCount * (jobCount - 1) / 2) }
        }
        let each = began.duration(to: .now) / (requestCount * jobCount)
        print("scheduling: \(each) a job, \(scheduler.status.batchCount) batches")
        #expect(scheduler.status.rowCount == requestCount * jobCount)
    }
}
