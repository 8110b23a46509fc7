/// A small graph of operators that is made in memory: nodes, inputs, outputs.
///
/// Field numbers from `onnx.proto3` of the ONNX specification.
struct OnnxGraph {
    enum Axis {
        case fixed(Int)
        case named(String)
    }
    struct Value {
        var name: String
        var type = ElementType.float32
        var shape: [Axis] = []
    }
    struct Node {
        var type: String
        var inputs: [String]
        var outputs: [String]
        var axis: Int?
        var body: OnnxGraph?
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
        graph.add(2, "graph")
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
                tensor.add(1, Int(value.type.rawValue))
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
