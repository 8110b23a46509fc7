public import ParleyCore

extension Tensor {
    /// Makes a tensor of floats in the precision that a model wants.
    ///
    /// - Parameters:
    ///   - floats: In row-major order; a count that does not match the shape is reported by the run.
    ///   - elementType: ``ElementType/float16`` converts; every other type leaves single precision.
    public init(_ floats: [Float], as elementType: ElementType, shape: [Int]) {
        if elementType == .float16 {
            self.init(float16: floats.map { Float16($0) }, shape: shape)
        } else {
            self.init(floats, shape: shape)
        }
    }

    /// Puts tensors of ordinary memory behind each other along an axis.
    ///
    /// - Parameters:
    ///   - tensors: At least one; all of one element type, and of one shape but for the axis.
    ///   - axis: Counted from 0.
    /// - Throws: ``InferenceError`` with `invalidArgument`.
    public init(joining tensors: [Tensor], axis: Int) throws(InferenceError) {
        guard let first = tensors.first, first.shape.indices.contains(axis),
            tensors.allSatisfy({ $0.joins(first, axis: axis) })
        else {
            throw InferenceError(
                .invalidArgument, "Tensors of the shapes \(tensors.map(\.shape)) can't be joined along axis \(axis).")
        }
        var shape = first.shape
        shape[axis] = tensors.reduce(0) { $0 + $1.shape[axis] }
        let outer = first.shape[..<axis].reduce(1, *)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(tensors.reduce(0) { $0 + $1.byteCount })
        for block in 0..<outer {
            for tensor in tensors {
                let size = tensor.byteCount / max(1, outer)
                tensor.withBytes { bytes.append(contentsOf: $0[(block * size)..<((block + 1) * size)]) }
            }
        }
        self.init(bytes: bytes, elementType: first.elementType, shape: shape)
    }

    private func joins(_ other: Tensor, axis: Int) -> Bool {
        guard !isOnGPU, elementType == other.elementType, shape.count == other.shape.count else { return false }
        return zip(shape, other.shape).enumerated().allSatisfy { $0.offset == axis || $0.element.0 == $0.element.1 }
    }
}
