import CONNXRuntime

/// What a loaded model says about itself.
struct ModelDescription {
    let inputs: [TensorDescription]
    let outputs: [TensorDescription]
    let metadata: [String: String]

    /// Reads the description of a session.
    init(of session: OpaquePointer, table: OrtTable) throws(OrtFailure) {
        let api = table.api
        let reader = try Reader(session: session, table: table)
        inputs = try reader.tensors(
            count: api.SessionGetInputCount, name: api.SessionGetInputName, type: api.SessionGetInputTypeInfo)
        outputs = try reader.tensors(
            count: api.SessionGetOutputCount, name: api.SessionGetOutputName, type: api.SessionGetOutputTypeInfo)
        metadata = try reader.metadata()
    }

    private struct Reader {
        let session: OpaquePointer
        let table: OrtTable
        let allocator: OpaquePointer

        init(session: OpaquePointer, table: OrtTable) throws(OrtFailure) {
            self.session = session
            self.table = table
            allocator = try table.defaultAllocator()
        }

        func tensors(
            count: (OpaquePointer, UnsafeMutablePointer<Int>) -> OrtResult,
            name: (OpaquePointer, Int, OpaquePointer, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> OrtResult,
            type: (OpaquePointer, Int, UnsafeMutablePointer<OpaquePointer?>) -> OrtResult
        ) throws(OrtFailure) -> [TensorDescription] {
            var total = 0
            try table.check(count(session, &total))
            var descriptions: [TensorDescription] = []
            for index in 0..<total {
                let name = try table.string(allocator: allocator) { name(session, index, allocator, $0) }
                let info = try table.make(released: table.api.ReleaseTypeInfo) { type(session, index, $0) }
                descriptions.append(try describe(name: name, info: info.pointer))
            }
            return descriptions
        }

        private func describe(name: String, info: OpaquePointer) throws(OrtFailure) -> TensorDescription {
            var kind: OrtValueKind = 0
            try table.check(table.api.GetOnnxTypeFromTypeInfo(info, &kind))
            var tensorInfo: OpaquePointer?
            if Int(kind) == ORT_VALUE_TENSOR { try table.check(table.api.CastTypeInfoToTensorInfo(info, &tensorInfo)) }
            guard let tensorInfo else { return TensorDescription(name: name, elementType: .unsupported, shape: []) }
            let (elementType, shape) = try table.typeAndShape(tensorInfo)
            return TensorDescription(name: name, elementType: elementType, shape: shape)
        }

        func metadata() throws(OrtFailure) -> [String: String] {
            let api = table.api
            let owner = try table.make(released: api.ReleaseModelMetadata) { api.SessionGetModelMetadata(session, $0) }
            var entries: [String: String] = [:]
            for key in try metadataKeys(owner.pointer) {
                entries[key] = try table.string(allocator: allocator) {
                    api.ModelMetadataLookupCustomMetadataMap(owner.pointer, allocator, key, $0)
                }
            }
            return entries
        }

        private func metadataKeys(_ metadata: OpaquePointer) throws(OrtFailure) -> [String] {
            var keys: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
            var count: Int64 = 0
            try table.check(table.api.ModelMetadataGetCustomMetadataMapKeys(metadata, allocator, &keys, &count))
            guard let keys else { return [] }
            var copies: [String] = []
            for index in 0..<Int(count) {
                if let key = keys[index] { copies.append(String(cString: key)) }
                try table.check(table.api.AllocatorFree(allocator, keys[index]))
            }
            try table.check(table.api.AllocatorFree(allocator, keys))
            return copies
        }
    }
}

extension OrtTable {
    /// The library's allocator of ordinary memory, which lives as long as the library.
    func defaultAllocator() throws(OrtFailure) -> OpaquePointer {
        var allocator: OpaquePointer?
        try check(api.GetAllocatorWithDefaultOptions(&allocator))
        guard let allocator else { throw OrtFailure(code: OrtErrorCode(ORT_FAIL), message: "no allocator") }
        return allocator
    }

    /// Element type and axes out of the library's description of a tensor.
    func typeAndShape(_ info: OpaquePointer) throws(OrtFailure) -> (ElementType, [Int]) {
        var type: OrtElementType = 0
        try check(api.GetTensorElementType(info, &type))
        var rank = 0
        try check(api.GetDimensionsCount(info, &rank))
        var axes = [Int64](repeating: 0, count: rank)
        try check(api.GetDimensions(info, &axes, rank))
        return (ElementType(rawValue: type) ?? .unsupported, axes.map(Int.init))
    }
}
