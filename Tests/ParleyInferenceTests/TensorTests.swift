import ParleyCore
import Testing

@testable import ParleyInference

struct TensorTests {
    /// Every bit pattern, against the conversion of the language.
    @Test func convertsEveryHalf() {
        let halves = (0...UInt16.max).map(Float16.init(bitPattern:))
        let tensor = Tensor(float16: halves, shape: [halves.count])
        let converted = tensor.float32s
        #expect(converted.count == halves.count)
        for (half, float) in zip(halves, converted) {
            #expect(half.isNaN ? float.isNaN : Float(half) == float && Float(half).sign == float.sign)
        }
        #expect(tensor.withFloat32s { Array($0.prefix(0x7c00)) } == Array(converted.prefix(0x7c00)))
    }

    @Test func floatsReadAsTheyAre() {
        let tensor = Tensor([1, -2, 0.5] as [Float], shape: [3])
        #expect(tensor.float32s == [1, -2, 0.5])
        #expect(tensor.withFloat32s { $0.reduce(0, +) } == -0.5)
        #expect(tensor.int64s.isEmpty)
        #expect(Tensor([1] as [Int64], shape: [1]).float32s.isEmpty)
    }

    @Test(arguments: ElementType.allCases)
    func zerosFillTheShape(type: ElementType) {
        let tensor = Tensor(zeros: type, shape: [2, 3])
        #expect(tensor.elementType == type)
        #expect(tensor.withBytes { Array($0) } == [UInt8](repeating: 0, count: 6 * type.byteCount))
        #expect(Tensor(zeros: type, shape: [2, 0, 3]).byteCount == 0)
        #expect(Tensor(zeros: type, shape: [2, -1]).byteCount == 0)
        #expect(Tensor(zeros: type, shape: [.max, .max]).byteCount == 0)
    }

    @Test func zerosReadAsTheirType() {
        #expect(Tensor(zeros: .float32, shape: [2]).float32s == [0, 0])
        #expect(Tensor(zeros: .float16, shape: [2]).float32s == [0, 0])
        #expect(Tensor(zeros: .int64, shape: [2]).int64s == [0, 0])
        #expect(Tensor(zeros: .int32, shape: [2]).int32s == [0, 0])
        #expect(Tensor(zeros: .bool, shape: [2]).bools == [false, false])
        #expect(Tensor(zeros: .float32, shape: []).float32s == [0])
    }
}

@Suite(.enabled(if: hasOnnxRuntime, onnxRuntimeHint))
struct HalfPrecisionRunTests {
    @Test func halvesGoInAndOut() throws {
        let graph = OnnxGraph(
            nodes: [.init(type: "Add", inputs: ["x", "x"], outputs: ["y"])],
            inputs: [.init(name: "x", type: .float16, shape: [.named("n")])],
            outputs: [.init(name: "y", type: .float16, shape: [.named("n")])])
        let session = try InferenceFixture().load(graph)
        let y = try #require(try session.run(["x": Tensor(float16: [1, -0.5, 1_000], shape: [3])])["y"])
        #expect(y.elementType == .float16)
        #expect(y.float32s == [2, -1, 2_000])
    }

    @Test func anEmptyCacheIsNothing() throws {
        let session = try InferenceFixture().load(.cache)
        let past = Tensor(zeros: .float32, shape: [0])
        let new = Tensor([1, 2] as [Float], shape: [2])
        #expect(try session.run(["past": past, "new": new])["present"]?.float32s == [1, 2])
    }
}
