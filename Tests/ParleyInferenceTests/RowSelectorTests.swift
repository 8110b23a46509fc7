import ParleyCore
import Testing

@testable import ParleyInference

@Suite(.enabled(if: hasOnnxRuntime, onnxRuntimeHint))
struct RowSelectorTests {
    private let runtime: OnnxRuntime

    init() throws { runtime = try InferenceFixture().runtime }

    struct Selection: Sendable {
        var axis: Int
        var rows: [Int]
    }

    /// Against a plain loop over a [3, 4, 5] array.
    @Test(arguments: [
        Selection(axis: 0, rows: [2, 0]), Selection(axis: 0, rows: [1, 1, 1, 0, 2]), Selection(axis: 1, rows: [3]),
        Selection(axis: 2, rows: [4, 0, 2]), Selection(axis: 0, rows: []), Selection(axis: 0, rows: [0, 1, 2]),
    ])
    func picksRows(_ selection: Selection) throws {
        let shape = [3, 4, 5]
        let values = (0..<60).map(Float.init)
        var selectedShape = shape
        selectedShape[selection.axis] = selection.rows.count
        var expected: [Float] = []
        for i in 0..<selectedShape[0] {
            for j in 0..<selectedShape[1] {
                for k in 0..<selectedShape[2] {
                    var source = [i, j, k]
                    source[selection.axis] = selection.rows[source[selection.axis]]
                    expected.append(values[source[0] * 20 + source[1] * 5 + source[2]])
                }
            }
        }
        let selector = try RowSelector(
            runtime: runtime, device: .cpu, elementType: .float32, rank: 3, axis: selection.axis)
        let selected = try selector.select(
            selection.rows, of: [Tensor(values, shape: shape), Tensor(values.map { -$0 }, shape: shape)])
        #expect(selected.map(\.shape) == [selectedShape, selectedShape])
        #expect(selected.first?.float32s == expected)
        #expect(selected.last?.float32s == expected.map { -$0 })
    }

    @Test(arguments: [ElementType.float32, .float16, .int64, .bool, .int8])
    func takesEveryKindOfElement(type: ElementType) throws {
        let selector = try RowSelector(runtime: runtime, device: .cpu, elementType: type, rank: 2, axis: 0)
        let selected = try selector.select([1], of: [Tensor(zeros: type, shape: [2, 3])])
        #expect(selected.first?.shape == [1, 3])
        #expect(selected.first?.elementType == type)
    }

    /// As a decoder does it: what a run gave is selected, and the selection is selected again.
    @Test func selectsWhatARunGave() throws {
        let selector = try RowSelector(runtime: runtime, device: .cpu, elementType: .float32, rank: 1, axis: 0)
        var tensors = [Tensor((0..<100).map(Float.init), shape: [100])]
        for left in (1..<100).reversed() { tensors = try selector.select(Array(1...left), of: tensors) }
        #expect(tensors.first?.float32s == [99])
    }

    @Test(arguments: [[-1], [3], [0, 5], [.max], [.min]])
    func aRowOutOfRangeIsAnError(rows: [Int]) throws {
        let selector = try RowSelector(runtime: runtime, device: .cpu, elementType: .float32, rank: 1, axis: 0)
        let tensor = Tensor([1, 2, 3] as [Float], shape: [3])
        #expect(inferenceError { _ = try selector.select(rows, of: [tensor]) }?.code == .invalidArgument)
        #expect(try selector.select([2], of: [tensor]).first?.float32s == [3])
    }

    @Test func anotherKindOfTensorIsAnError() throws {
        let selector = try RowSelector(runtime: runtime, device: .cpu, elementType: .float32, rank: 2, axis: 1)
        for tensor in [
            Tensor([1, 2, 3] as [Float], shape: [3]), Tensor(zeros: .int64, shape: [2, 2]),
            Tensor([1, 2, 3] as [Float], shape: [2, 2]),
        ] {
            #expect(inferenceError { _ = try selector.select([0], of: [tensor]) }?.code == .invalidArgument)
        }
    }

    @Test func anImpossibleAxisIsAnError() {
        for (rank, axis) in [(0, 0), (2, 2), (2, -1), (65, 0)] {
            let error = inferenceError {
                _ = try RowSelector(runtime: runtime, device: .cpu, elementType: .float32, rank: rank, axis: axis)
            }
            #expect(error?.code == .invalidArgument)
        }
        let error = inferenceError {
            _ = try RowSelector(runtime: runtime, device: .cpu, elementType: .unsupported, rank: 1, axis: 0)
        }
        #expect(error?.code == .invalidArgument)
    }
}
