@testable import ParleyInference

extension OnnxGraph {
    /// `sum = a + b` over rows of four floats.
    static let addition = OnnxGraph(
        nodes: [Node(type: "Add", inputs: ["a", "b"], outputs: ["sum"])],
        inputs: [
            Value(name: "a", shape: [.named("rows"), .fixed(4)]), Value(name: "b", shape: [.named("rows"), .fixed(4)]),
        ],
        outputs: [Value(name: "sum", shape: [.named("rows"), .fixed(4)])])

    /// `product = a · b` of two 64 by 64 matrices.
    static let product = OnnxGraph(
        nodes: [Node(type: "MatMul", inputs: ["a", "b"], outputs: ["product"])],
        inputs: [
            Value(name: "a", shape: [.fixed(64), .fixed(64)]), Value(name: "b", shape: [.fixed(64), .fixed(64)]),
        ],
        outputs: [Value(name: "product", shape: [.fixed(64), .fixed(64)])])

    /// `total = start + step × count`, one addition after the other.
    static let loop = OnnxGraph(
        nodes: [
            Node(
                type: "Loop", inputs: ["count", "", "start"], outputs: ["total"],
                body: OnnxGraph(
                    nodes: [
                        Node(type: "Identity", inputs: ["condition"], outputs: ["condition_out"]),
                        Node(type: "Add", inputs: ["running", "step"], outputs: ["running_out"]),
                    ],
                    inputs: [
                        Value(name: "iteration", type: .int64), Value(name: "condition", type: .bool),
                        Value(name: "running"),
                    ],
                    outputs: [Value(name: "condition_out", type: .bool), Value(name: "running_out")]))
        ],
        inputs: [Value(name: "count", type: .int64), Value(name: "start"), Value(name: "step")],
        outputs: [Value(name: "total")])

    /// Gives its input back without any operator on it.
    static let passThrough = OnnxGraph(
        nodes: [Node(type: "Neg", inputs: ["x"], outputs: ["negated"])],
        inputs: [Value(name: "x", shape: [.named("n")])],
        outputs: [Value(name: "x", shape: [.named("n")]), Value(name: "negated", shape: [.named("n")])])

    /// A past that grows by what is new: the shape of a decoder's cache.
    static let cache = OnnxGraph(
        nodes: [Node(type: "Concat", inputs: ["past", "new"], outputs: ["present"], axis: 0)],
        inputs: [
            Value(name: "past", shape: [.named("past")]), Value(name: "new", shape: [.fixed(2)]),
        ],
        outputs: [Value(name: "present", shape: [.named("present")])])

    /// Gives a constant of the graph.
    static let constant = OnnxGraph(
        nodes: [Node(type: "Identity", inputs: ["seven"], outputs: ["out"])], inputs: [],
        outputs: [Value(name: "out", type: .int64)], constants: ["seven": 7])
}
