import Foundation
import ParleyCore
import ParleyTestSupport
import Synchronization
import Testing

@testable import ParleyInference

@Suite(.enabled(if: hasOnnxRuntime, onnxRuntimeHint))
struct OnnxSessionRunTests {
    private let fixture: InferenceFixture

    init() throws { fixture = try InferenceFixture() }

    @Test func addsRows() throws {
        let session = try fixture.load(.addition)
        let result = try session.run([
            "a": Tensor([1, 2, 3, 4, 5, 6, 7, 8] as [Float], shape: [2, 4]),
            "b": Tensor([10, 20, 30, 40, 50, 60, 70, 80] as [Float], shape: [2, 4]),
        ])
        #expect(Array(result.keys) == ["sum"])
        #expect(result["sum"]?.shape == [2, 4])
        #expect(result["sum"]?.float32s == [11, 22, 33, 44, 55, 66, 77, 88])
    }

    @Test func anAxisMayBeEmpty() throws {
        let session = try fixture.load(.addition)
        let empty = Tensor([] as [Float], shape: [0, 4])
        let sum = try #require(try session.run(["a": empty, "b": empty])["sum"])
        #expect(sum.shape == [0, 4])
        #expect(sum.float32s.isEmpty)
    }

    @Test func anOutputFeedsALaterRun() throws {
        let session = try fixture.load(.cache)
        var past = Tensor([] as [Float], shape: [0])
        for step in 0..<100 {
            let new = Tensor([Float(2 * step), Float(2 * step + 1)], shape: [2])
            past = try #require(try session.run(["past": past, "new": new])["present"])
        }
        #expect(past.float32s == (0..<200).map(Float.init))
    }

    @Test func onTheProcessorKeptOutputsAreOrdinaryOnes() throws {
        let session = try fixture.load(.cache)
        let new = Tensor([1, 2] as [Float], shape: [2])
        let present = try session.run(
            ["past": Tensor(zeros: .float32, shape: [0]), "new": new], keptOnDevice: ["present"])["present"]
        #expect(present?.float32s == [1, 2])
        #expect(present?.isOnGPU == false)
        let error = inferenceError { _ = try session.run(["past": new, "new": new], keptOnDevice: ["future"]) }
        #expect(error?.message.contains("no output \"future\"") == true)
    }

    @Test func anOutputOutlivesItsSession() throws {
        var sum: Tensor?
        do {
            let ones = Tensor([Float](repeating: 1, count: 4), shape: [1, 4])
            sum = try fixture.load(.addition).run(["a": ones, "b": ones])["sum"]
        }
        #expect(sum?.float32s == [2, 2, 2, 2])
    }

    @Test func aPassedThroughInputDoesNotPointIntoTheCallersMemory() throws {
        let session = try fixture.load(.passThrough)
        var outputs: [Tensor] = []
        for run in 0..<200 {
            let input = Tensor([Float](repeating: Float(run), count: 1_000), shape: [1_000])
            let result = try session.run(["x": input])
            outputs.append(try #require(result["x"]))
            #expect(result["negated"]?.float32s.first == -Float(run))
        }
        for (run, output) in outputs.enumerated() {
            #expect(output.float32s == [Float](repeating: Float(run), count: 1_000))
        }
    }

    @Test func aConstantOutlivesItsSession() throws {
        let seven = try fixture.load(.constant).run([:])["out"]
        #expect(seven?.int64s == [7])
        #expect(seven?.shape == [])
    }

    @Test func scalarsAndOtherTypes() throws {
        let loop = try fixture.load(.loop)
        let total = try loop.run([
            "count": Tensor(scalar: 1_000 as Int64), "start": Tensor(scalar: 0 as Float),
            "step": Tensor(scalar: 0.5 as Float),
        ])["total"]
        #expect(total?.float32s == [500])
        for type in [ElementType.bool, .int32] {
            let graph = OnnxGraph(
                nodes: [.init(type: "Identity", inputs: ["x"], outputs: ["y"])],
                inputs: [.init(name: "x", type: type, shape: [.fixed(3)])],
                outputs: [.init(name: "y", type: type, shape: [.fixed(3)])])
            let session = try fixture.load(graph)
            if type == .bool {
                let y = try session.run(["x": Tensor([true, false, true], shape: [3])])["y"]
                #expect(y?.bools == [true, false, true])
                #expect(y?.float32s == [])
            } else {
                let y = try session.run(["x": Tensor([1, -2, 3] as [Int32], shape: [3])])["y"]
                #expect(y?.int32s == [1, -2, 3])
                #expect(y?.int64s == [])
            }
        }
    }

    struct BadInputs: CustomTestStringConvertible, Sendable {
        var name: String
        var a: Tensor? = Tensor([1, 2, 3, 4] as [Float], shape: [1, 4])
        var b: Tensor? = Tensor([1, 2, 3, 4] as [Float], shape: [1, 4])
        var extra: Tensor?
        var outputs: [String]?
        var says: String
        var testDescription: String { name }
    }

    static let badInputs: [BadInputs] = [
        BadInputs(name: "missing", b: nil, says: "\"b\" is missing"),
        BadInputs(name: "unknown name", extra: Tensor(scalar: 1 as Float), says: "no input \"extra\""),
        BadInputs(name: "other type", a: Tensor([1, 2, 3, 4] as [Int64], shape: [1, 4]), says: "float32"),
        BadInputs(name: "too few axes", a: Tensor([1, 2, 3, 4] as [Float], shape: [4]), says: "[-1, 4]"),
        BadInputs(name: "too many axes", a: Tensor([1, 2, 3, 4] as [Float], shape: [1, 1, 4]), says: "[-1, 4]"),
        BadInputs(name: "wrong fixed axis", a: Tensor([1, 2, 3] as [Float], shape: [1, 3]), says: "[-1, 4]"),
        BadInputs(name: "too few elements", a: Tensor([1, 2, 3] as [Float], shape: [1, 4]), says: "3 elements"),
        BadInputs(
            name: "too many elements", a: Tensor([1, 2, 3, 4, 5] as [Float], shape: [1, 4]), says: "5 elements"),
        BadInputs(name: "negative axis", a: Tensor([1, 2, 3, 4] as [Float], shape: [-1, 4]), says: "4 elements"),
        BadInputs(name: "overflowing axes", a: Tensor([1] as [Float], shape: [.max, 4]), says: "1 elements"),
        BadInputs(
            name: "rows that do not match", a: Tensor([Float](repeating: 0, count: 12), shape: [3, 4]),
            b: Tensor([Float](repeating: 0, count: 8), shape: [2, 4]), says: "failed while running"),
        BadInputs(name: "unknown output", outputs: ["difference"], says: "no output \"difference\""),
        BadInputs(name: "no output", outputs: [], says: "No output"),
    ]

    @Test(arguments: badInputs)
    func badInputsAreErrors(_ bad: BadInputs) throws {
        let session = try fixture.load(.addition)
        var inputs: [String: Tensor] = [:]
        inputs["a"] = bad.a
        inputs["b"] = bad.b
        inputs["extra"] = bad.extra
        let error = try #require(inferenceError { _ = try session.run(inputs, outputs: bad.outputs) })
        #expect([.invalidArgument, .runFailed].contains(error.code), "\(error)")
        #expect(error.model == "test-model")
        #expect(error.message.contains(bad.says), "\(error)")
        let good = Tensor([1, 2, 3, 4] as [Float], shape: [1, 4])
        #expect(try session.run(["a": good, "b": good], outputs: ["sum", "sum"])["sum"]?.float32s == [2, 4, 6, 8])
    }

    @Test func eightThreadsGetEqualResults() async throws {
        let session = try fixture.load(.product)
        var generator = SystemRandomNumberGenerator()
        let a = Tensor((0..<4_096).map { _ in Float.random(in: -1...1, using: &generator) }, shape: [64, 64])
        let b = Tensor((0..<4_096).map { _ in Float.random(in: -1...1, using: &generator) }, shape: [64, 64])
        let expected = try #require(try session.run(["a": a, "b": b])["product"]?.float32s)
        let lane = BlockingLane(name: "test", threadCount: 8)
        let equal = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<400 {
                group.addTask {
                    try await lane.run { try session.run(["a": a, "b": b])["product"]?.float32s == expected }
                }
            }
            return try await group.reduce(true) { $0 && $1 }
        }
        #expect(equal)
    }

    /// A loop of more steps than anyone can wait for ends when its flag is set, whenever that happens.
    @Test(.timeLimit(.minutes(15)), arguments: [0, 1, 50])
    func cancellingStopsARun(afterMilliseconds delay: Int) async throws {
        let session = try fixture.load(.loop)
        let lane = BlockingLane(name: "test")
        let flag = CancellationFlag()
        let run = Task {
            try await lane.run {
                try session.run(
                    [
                        "count": Tensor(scalar: Int64.max), "start": Tensor(scalar: 0 as Float),
                        "step": Tensor(scalar: 1 as Float),
                    ], cancellation: flag)
            }
        }
        try await Task.sleep(for: .milliseconds(delay))
        flag.cancel()
        await #expect(throws: CancellationError.self) { _ = try await run.value }
    }

    @Test func aFlagOfOneRunLeavesOthersAlone() throws {
        let session = try fixture.load(.addition)
        let ones = Tensor([Float](repeating: 1, count: 4), shape: [1, 4])
        let cancelled = CancellationFlag()
        cancelled.cancel()
        #expect(throws: CancellationError.self) {
            _ = try session.run(["a": ones, "b": ones], cancellation: cancelled)
        }
        #expect(
            try session.run(["a": ones, "b": ones], cancellation: CancellationFlag())["sum"]?.float32s == [2, 2, 2, 2])
    }
}
