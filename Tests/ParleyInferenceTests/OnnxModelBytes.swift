import Foundation

/// Writes the few ONNX messages that the tests need, so that no binary file has to be kept.
///
/// Field numbers from `onnx.proto3` of the ONNX specification.
struct ProtobufMessage {
    private(set) var bytes: [UInt8] = []

    mutating func add(_ field: Int, _ value: Int) {
        varint(UInt64(field << 3))
        varint(UInt64(bitPattern: Int64(value)))
    }

    mutating func add(_ field: Int, bytes contents: [UInt8]) {
        varint(UInt64(field << 3 | 2))
        varint(UInt64(contents.count))
        bytes += contents
    }

    mutating func add(_ field: Int, _ text: String) { add(field, bytes: Array(text.utf8)) }

    mutating func add(_ field: Int, _ build: (inout ProtobufMessage) -> Void) {
        var message = ProtobufMessage()
        build(&message)
        add(field, bytes: message.bytes)
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

/// One graph: nodes, inputs, outputs.
struct TestGraph {
    enum Axis {
        case fixed(Int)
        case named(String)
    }
    struct Value {
        var name: String
        var type = 1  // float
        var shape: [Axis] = []
    }
    struct Node {
        var type: String
        var inputs: [String]
        var outputs: [String]
        var axis: Int?
        var body: TestGraph?
    }

    var nodes: [Node]
    var inputs: [Value]
    var outputs: [Value]
    /// 64-bit integer constants without axes.
    var constants: [String: Int] = [:]

    func write(_ graph: inout ProtobufMessage) {
        for node in nodes {
            graph.add(1) { message in
                for input in node.inputs { message.add(1, input) }
                for output in node.outputs { message.add(2, output) }
                message.add(4, node.type)
                if let axis = node.axis {
                    message.add(5) { attribute in
                        attribute.add(1, "axis")
                        attribute.add(3, axis)
                        attribute.add(20, 2)
                    }
                }
                if let body = node.body {
                    message.add(5) { attribute in
                        attribute.add(1, "body")
                        attribute.add(6) { body.write(&$0) }
                        attribute.add(20, 5)
                    }
                }
            }
        }
        graph.add(2, "test")
        for (name, value) in constants {
            graph.add(5) { tensor in
                tensor.add(2, 7)
                tensor.add(7, value)
                tensor.add(8, name)
            }
        }
        for input in inputs { graph.add(11) { write(input, &$0) } }
        for output in outputs { graph.add(12) { write(output, &$0) } }
    }

    private func write(_ value: Value, _ message: inout ProtobufMessage) {
        message.add(1, value.name)
        message.add(2) { type in
            type.add(1) { tensor in
                tensor.add(1, value.type)
                tensor.add(2) { shape in
                    for axis in value.shape {
                        shape.add(1) { dimension in
                            switch axis {
                            case .fixed(let length): dimension.add(1, length)
                            case .named(let name): dimension.add(2, name)
                            }
                        }
                    }
                }
            }
        }
    }

    /// A whole model file.
    func model(operatorSet: Int = 17, metadata: [String: String] = [:]) -> [UInt8] {
        var model = ProtobufMessage()
        model.add(1, 8)
        model.add(7) { write(&$0) }
        model.add(8) { $0.add(2, operatorSet) }
        for (key, value) in metadata {
            model.add(14) { entry in
                entry.add(1, key)
                entry.add(2, value)
            }
        }
        return model.bytes
    }
}

extension TestGraph {
    /// `sum = a + b` over rows of four floats.
    static let addition = TestGraph(
        nodes: [Node(type: "Add", inputs: ["a", "b"], outputs: ["sum"])],
        inputs: [
            Value(name: "a", shape: [.named("rows"), .fixed(4)]), Value(name: "b", shape: [.named("rows"), .fixed(4)]),
        ],
        outputs: [Value(name: "sum", shape: [.named("rows"), .fixed(4)])])

    /// `product = a · b` of two 64 by 64 matrices.
    static let product = TestGraph(
        nodes: [Node(type: "MatMul", inputs: ["a", "b"], outputs: ["product"])],
        inputs: [
            Value(name: "a", shape: [.fixed(64), .fixed(64)]), Value(name: "b", shape: [.fixed(64), .fixed(64)]),
        ],
        outputs: [Value(name: "product", shape: [.fixed(64), .fixed(64)])])

    /// `total = start + step × count`, one addition after the other.
    static let loop = TestGraph(
        nodes: [
            Node(
                type: "Loop", inputs: ["count", "", "start"], outputs: ["total"],
                body: TestGraph(
                    nodes: [
                        Node(type: "Identity", inputs: ["condition"], outputs: ["condition_out"]),
                        Node(type: "Add", inputs: ["running", "step"], outputs: ["running_out"]),
                    ],
                    inputs: [
                        Value(name: "iteration", type: 7), Value(name: "condition", type: 9), Value(name: "running"),
                    ],
                    outputs: [Value(name: "condition_out", type: 9), Value(name: "running_out")]))
        ],
        inputs: [Value(name: "count", type: 7), Value(name: "start"), Value(name: "step")],
        outputs: [Value(name: "total")])

    /// Gives its input back without any operator on it.
    static let passThrough = TestGraph(
        nodes: [Node(type: "Neg", inputs: ["x"], outputs: ["negated"])],
        inputs: [Value(name: "x", shape: [.named("n")])],
        outputs: [Value(name: "x", shape: [.named("n")]), Value(name: "negated", shape: [.named("n")])])

    /// A past that grows by what is new: the shape of a decoder's cache.
    static let cache = TestGraph(
        nodes: [Node(type: "Concat", inputs: ["past", "new"], outputs: ["present"], axis: 0)],
        inputs: [
            Value(name: "past", shape: [.named("past")]), Value(name: "new", shape: [.fixed(2)]),
        ],
        outputs: [Value(name: "present", shape: [.named("present")])])

    /// Gives a constant of the graph.
    static let constant = TestGraph(
        nodes: [Node(type: "Identity", inputs: ["seven"], outputs: ["out"])], inputs: [],
        outputs: [Value(name: "out", type: 7)], constants: ["seven": 7])
}
