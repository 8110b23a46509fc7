/// How a model is prepared when it is loaded.
///
/// The defaults suit inputs whose length changes from run to run.
public struct SessionOptions: Sendable, Hashable {
    /// How far the library rewrites the graph before the first run.
    public enum GraphOptimization: Int32, Sendable, CaseIterable {
        case none = 0
        /// Constant folding and removal of what has no effect.
        case basic = 1
        /// Fusion of operators as well.
        case extended = 2
        /// Changes of memory layout as well.
        case all = 99
    }

    /// Where the model runs; default the processor.
    public var device: InferenceDevice
    /// The most memory that the model may take on a GPU, in bytes; nil, the default, for no limit.
    public var memoryLimitBytes: Int?
    /// The format of the weights; with ``WeightPrecision/float16`` TensorRT builds engines of half precision.
    ///
    /// Default ``WeightPrecision/float32``.
    public var precision: WeightPrecision
    /// A folder in which TensorRT keeps its engines, so that they are built once; nil, the default, for none.
    public var engineCacheFolder: String?
    /// Default ``GraphOptimization/all``.
    public var graphOptimization: GraphOptimization
    /// Whether the memory plan of an input shape is kept for the next run with the same shape.
    ///
    /// Worth it for a model whose input never changes its shape; otherwise plans pile up. Default false.
    public var usesMemoryPattern: Bool
    /// Whether memory for intermediate results is kept between runs: faster, but the largest run's need stays taken.
    ///
    /// Default true.
    public var usesCPUArena: Bool

    /// Makes options.
    public init(
        device: InferenceDevice = .cpu, memoryLimitBytes: Int? = nil, precision: WeightPrecision = .float32,
        engineCacheFolder: String? = nil, graphOptimization: GraphOptimization = .all, usesMemoryPattern: Bool = false,
        usesCPUArena: Bool = true
    ) {
        self.device = device
        self.memoryLimitBytes = memoryLimitBytes
        self.precision = precision
        self.engineCacheFolder = engineCacheFolder
        self.graphOptimization = graphOptimization
        self.usesMemoryPattern = usesMemoryPattern
        self.usesCPUArena = usesCPUArena
    }
}
