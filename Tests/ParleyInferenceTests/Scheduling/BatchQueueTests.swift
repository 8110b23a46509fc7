import ParleyCore
import Testing

@testable import ParleyInference

/// The rules alone: no threads, and a clock that stands where the test puts it.
@Suite struct BatchQueueTests {
    private typealias Queue = BatchQueue<String, String>

    /// A queue with short words for its calls; jobs are named, and rows given by name.
    private final class Bench {
        var queue: Queue
        var now = ContinuousClock.now
        private var lastID: UInt64 = 0
        private(set) var ids: [String: UInt64] = [:]

        init(batch: Int, wait: Duration = .zero) {
            queue = Queue(options: BatchingOptions(maximumBatch: batch, maximumWait: wait))
        }

        func add(
            _ job: String, _ bucket: String = "a", of request: RequestID, _ priority: WorkPriority = .interactive
        ) {
            lastID += 1
            ids[job] = lastID
            queue.add(
                Queue.Row(
                    id: lastID, job: job, bucket: bucket, request: request, priority: priority, replica: nil,
                    queuedAt: now))
        }

        /// The next batch of a replica; nil when it waits or idles.
        func take(_ replica: Int = 0) -> [Queue.Row]? {
            guard case .run(let rows, let bucket) = queue.next(for: replica, now: now) else { return nil }
            #expect(rows.allSatisfy { $0.bucket == bucket })
            return rows
        }

        /// Takes the next batch, ends it, and says what was in it.
        func run(_ replica: Int = 0) -> [String]? {
            guard let rows = take(replica) else { return nil }
            queue.end(rows)
            return rows.map(\.job)
        }

        func again(_ row: Queue.Row, on replica: Int, bucket: String? = nil) {
            queue.add(
                Queue.Row(
                    id: row.id, job: row.job, bucket: bucket ?? row.bucket, request: row.request,
                    priority: row.priority, replica: replica, queuedAt: now))
        }
    }

    private let one = RequestID()
    private let two = RequestID()
    private let three = RequestID()

    @Test func moreUrgentWorkGoesFirst() {
        let bench = Bench(batch: 1)
        bench.add("job", of: one, .batch)
        bench.add("request", of: two, .interactive)
        bench.add("stream", of: three, .live)
        #expect([bench.run(), bench.run(), bench.run(), bench.run()] == [["stream"], ["request"], ["job"], nil])
    }

    @Test func requestsTakeTurnsInsideABatch() {
        let bench = Bench(batch: 4)
        for index in 1...5 { bench.add("one\(index)", of: one) }
        for index in 1...2 { bench.add("two\(index)", of: two) }
        #expect(bench.run() == ["one1", "two1", "one2", "two2"])
        #expect(bench.run() == ["one3", "one4", "one5"])
    }

    @Test(arguments: ["a", "b"])
    func aClipWaitsForOneBatchOfALongFileAtMost(bucket: String) {
        let bench = Bench(batch: 8)
        for index in 0..<3_000 { bench.add("file\(index)", "a", of: one) }
        // The clip comes while a batch of the file is at work, whether in the file's bucket or in another.
        for _ in 0..<10 {
            guard let running = bench.take() else { return #expect(Bool(false), "the file has work") }
            let clip = RequestID()
            bench.add("clip", bucket, of: clip)
            bench.queue.end(running)
            #expect(bench.run()?.first == "clip")
        }
    }

    @Test func everyOneOfManyClipsWaitsForOneRoundAtMost() {
        let bench = Bench(batch: 4)
        for index in 0..<1_000 { bench.add("file\(index)", of: one) }
        guard let running = bench.take() else { return #expect(Bool(false), "the file has work") }
        for index in 0..<6 { bench.add("clip\(index)", of: RequestID()) }
        bench.queue.end(running)
        #expect(bench.run() == ["clip0", "clip1", "clip2", "clip3"])
        #expect(bench.run() == ["clip4", "clip5", "file4", "file5"])
    }

    @Test func clipsWithoutEndDoNotStarveAFile() {
        let bench = Bench(batch: 1)
        for index in 0..<100 { bench.add("file\(index)", "a", of: one) }
        var served = 0
        for index in 0..<100 {
            guard let running = bench.take() else { return #expect(Bool(false), "there is work") }
            if running[0].request == one { served += 1 }
            // A clip comes during every other batch, which leaves the other half of the time.
            if index % 2 == 0 { bench.add("clip\(index)", "b", of: RequestID()) }
            bench.queue.end(running)
        }
        #expect(served == 50)
    }

    @Test func withSeveralReplicasTheRequestWithTheFewestRowsAtWorkGoesFirst() {
        let bench = Bench(batch: 2)
        for index in 0..<10 { bench.add("one\(index)", of: one) }
        _ = bench.take(0)
        for index in 0..<10 { bench.add("two\(index)", of: two) }
        #expect(bench.take(1)?.map(\.job) == ["two0", "two1"])
        #expect(bench.take(2)?.map(\.job) == ["one2", "two2"])
    }

    @Test func oneBucketInABatch() {
        let bench = Bench(batch: 8)
        for (index, bucket) in ["a", "b", "a", "b"].enumerated() { bench.add("\(bucket)\(index)", bucket, of: one) }
        #expect(bench.run() == ["a0", "a2"])
        #expect(bench.run() == ["b1", "b3"])
    }

    @Test func lessUrgentWorkRidesAlongWhereThereIsRoom() {
        let bench = Bench(batch: 3)
        for index in 0..<3 { bench.add("job\(index)", "a", of: one, .batch) }
        bench.add("other", "b", of: two, .interactive)
        bench.add("stream", "a", of: three, .live)
        #expect(bench.run() == ["stream", "job0", "job1"])
        #expect(bench.run() == ["other"])
        #expect(bench.run() == ["job2"])
    }

    @Test func lessUrgentWorkGetsABatchInSeventeen() {
        let bench = Bench(batch: 1)
        for index in 0..<40 { bench.add("stream\(index)", "a", of: one, .live) }
        for index in 0..<2 { bench.add("job\(index)", "b", of: two, .batch) }
        let order = (0..<42).compactMap { _ in bench.run()?.first }
        #expect(order.firstIndex(of: "job0") == 16)
        #expect(order.firstIndex(of: "job1") == 33)
        #expect(order.count == 42)
    }

    @Test func aBatchThatIsNotFullWaitsForMore() {
        let bench = Bench(batch: 2, wait: .milliseconds(5))
        bench.add("first", of: one)
        guard case .wait(let until) = bench.queue.next(for: 0, now: bench.now) else {
            return #expect(Bool(false), "it waits")
        }
        #expect(bench.now.duration(to: until) == .milliseconds(5))
        bench.now = bench.now.advanced(by: .milliseconds(4))
        #expect(bench.take() == nil)
        bench.add("second", of: two)
        #expect(bench.run() == ["first", "second"])
    }

    @Test func theLongestWaitCountsFromTheOldestRow() {
        let bench = Bench(batch: 8, wait: .milliseconds(5))
        bench.add("first", of: one)
        bench.now = bench.now.advanced(by: .milliseconds(4))
        bench.add("second", of: two)
        #expect(bench.take() == nil)
        bench.now = bench.now.advanced(by: .milliseconds(1))
        #expect(bench.run() == ["first", "second"])
    }

    @Test func theDeviceDoesNotIdleWhileAnotherBatchIsReady() {
        let bench = Bench(batch: 2, wait: .milliseconds(5))
        bench.add("stream", "a", of: one, .live)
        bench.add("job0", "b", of: two, .batch)
        #expect(bench.take() == nil)
        bench.add("job1", "b", of: two, .batch)
        // The batch of jobs is full; the stream goes before it rather than wait for company.
        #expect(bench.run() == ["stream"])
        #expect(bench.run() == ["job0", "job1"])
    }

    @Test func workThatGoesOnComesBeforeNewWorkOfItsRequestAndStaysOnItsReplica() {
        let bench = Bench(batch: 2)
        for index in 0..<4 { bench.add("row\(index)", of: one) }
        guard let rows = bench.take(1) else { return #expect(Bool(false), "there is work") }
        for row in rows { bench.again(row, on: 1) }
        bench.queue.end(rows)
        #expect(bench.take(0)?.map(\.job) == ["row2", "row3"])
        #expect(bench.take(0) == nil)
        #expect(bench.take(1)?.map(\.job) == ["row0", "row1"])
    }

    @Test func workThatGoesOnDoesNotOvertakeOtherRequests() {
        let bench = Bench(batch: 1)
        bench.add("file0", of: one)
        bench.add("file1", of: one)
        guard let rows = bench.take() else { return #expect(Bool(false), "there is work") }
        bench.add("clip", of: two)
        bench.again(rows[0], on: 0, bucket: "b")
        bench.queue.end(rows)
        #expect([bench.run(), bench.run(), bench.run()] == [["clip"], ["file0"], ["file1"]])
    }

    @Test func removedRowsAreGone() {
        let bench = Bench(batch: 4)
        for index in 0..<200 { bench.add("row\(index)", index % 2 == 0 ? "a" : "b", of: one) }
        for index in 0..<196 { #expect(bench.queue.remove(bench.ids["row\(index)"] ?? 0)?.job == "row\(index)") }
        #expect(bench.queue.remove(bench.ids["row0"] ?? 0) == nil)
        #expect(bench.queue.count == 4)
        #expect(bench.run() == ["row196", "row198"])
        #expect(bench.run() == ["row197", "row199"])
        #expect(bench.run() == nil)
        #expect(bench.queue.oldest == nil)
    }

    /// Against a random mix of everything: no row is lost or doubled, and no batch breaks the rules.
    @Test(arguments: 1...20) func keepsTheRulesUnderRandomUse(seed: UInt64) {
        var random = Xorshift(state: seed)
        let bench = Bench(batch: 4, wait: .milliseconds(5))
        let requests = (0..<6).map { _ in RequestID() }
        var expected: Set<String> = []
        var done: [String] = []
        var running: [Int: [Queue.Row]] = [:]
        for step in 0..<400 {
            bench.now = bench.now.advanced(by: .milliseconds(Int(random.next() % 4)))
            let replica = Int(random.next() % 2)
            switch random.next() % 4 {
            case 0, 1:
                let name = "row\(step)"
                expected.insert(name)
                bench.add(
                    name, ["a", "b", "c"][Int(random.next() % 3)], of: requests[Int(random.next() % 6)],
                    WorkPriority.allCases[Int(random.next() % 3)])
            case 2:
                guard let name = expected.min(), let id = bench.ids[name], bench.queue.remove(id) != nil else { break }
                expected.remove(name)
            default:
                if let rows = running.removeValue(forKey: replica) {
                    for row in rows {
                        if random.next() % 4 == 0 { bench.again(row, on: replica) } else { done.append(row.job) }
                    }
                    bench.queue.end(rows)
                } else if let rows = bench.take(replica) {
                    #expect((1...4).contains(rows.count))
                    #expect(Set(rows.map(\.bucket)).count == 1)
                    #expect(rows.allSatisfy { $0.replica == nil || $0.replica == replica })
                    running[replica] = rows
                }
            }
        }
        bench.now = bench.now.advanced(by: .seconds(1))
        for (_, rows) in running {
            done += rows.map(\.job)
            bench.queue.end(rows)
        }
        for replica in 0..<2 { while let jobs = bench.run(replica) { done += jobs } }
        #expect(done.sorted() == expected.sorted())
        #expect(bench.queue.count == 0)
    }
}

/// Marsaglia's generator of 2003 with shifts 13, 7, 17.
private struct Xorshift {
    var state: UInt64
    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state >> 8
    }
}
