import ParleyCore
import ParleyInference

/// The encoder's answer for windows, one row each, in ordinary memory.
struct EncodedAudio: Sendable {
    /// The layout's own tensors.
    let tensors: [Tensor]
    /// Windows.
    let rowCount: Int
}

/// The keys and values that the decoder has computed so far, in the library's memory.
struct DecoderCache: Sendable {
    /// Self-attention: one row per hypothesis.
    var own: [Tensor]
    /// Cross-attention: one row per hypothesis, or one row that all share.
    var cross: [Tensor]
    /// Tokens that every row holds.
    var length: Int
}

/// Which rows of a cache go on; nil leaves that part as it is.
struct RowSelection: Sendable, Hashable {
    var own: [Int]?
    var cross: [Int]?
}

/// An encoder and a decoder in one of the public layouts.
///
/// All calls block and may run for seconds; none keeps state between calls.
protocol WhisperNetwork: Sendable {
    /// Whether rows of one window may share one row of cross-attention keys and values.
    var sharesCrossAttention: Bool { get }
    /// The axis of the cache's tensors along which rows lie.
    var batchAxis: Int { get }
    /// Whether ``align(_:tokens:cancellation:)`` works.
    var givesAttention: Bool { get }

    /// Encodes windows.
    /// - Parameter features: Log-mel features of each window, mel-major.
    func encode(_ features: [[Float]], cancellation: CancellationFlag) throws -> EncodedAudio

    /// Puts windows that were encoded apart into one batch.
    func join(_ audio: [EncodedAudio]) throws -> EncodedAudio

    /// Feeds the prompts of new rows, all of one length.
    /// - Returns: The cache, and logits of shape [rows, prompt length, vocabulary].
    func start(_ audio: EncodedAudio, tokens: [[Int]], cancellation: CancellationFlag) throws -> (DecoderCache, Tensor)

    /// Feeds one more token of each row.
    /// - Returns: The grown cache, and logits of shape [rows, 1, vocabulary].
    func advance(_ cache: DecoderCache, tokens: [Int], cancellation: CancellationFlag) throws -> (DecoderCache, Tensor)

    /// Reorders, repeats or drops rows.
    func select(_ rows: RowSelection, of cache: DecoderCache) throws -> DecoderCache

    /// Feeds whole texts at once and tells where in the audio the decoder attended.
    /// - Parameter tokens: The texts, padded at their ends to one length.
    /// - Throws: ``InferenceError`` with `invalidArgument` for a network that does not give its attention away.
    func align(_ audio: EncodedAudio, tokens: [[Int]], cancellation: CancellationFlag) throws -> AttendedText
}

/// What the network says of whole texts.
struct AttendedText: Sendable {
    /// Shape [rows, tokens, vocabulary].
    let logits: Tensor
    /// Attention weights over the audio's frames that mark the words' times, of shape [rows, heads, tokens, frames].
    let heads: [(weights: Tensor, head: Int)]
}

extension InferenceError {
    /// A network that is not what its family or the files beside it say.
    static func foreignNetwork(_ session: OnnxSession, _ fault: String) -> InferenceError {
        InferenceError(
            .modelForeign, model: session.name,
            "The model's files do not belong together or are of another kind: \(fault). Install the model again.")
    }
}

extension OnnxSession {
    /// Checks the sizes that an input or output declares.
    /// - Parameter sizes: What is expected; nil for axes of any size.
    /// - Throws: ``InferenceError`` with `modelForeign`.
    func require(_ name: String, sizes: [Int?]) throws(InferenceError) {
        guard let value = (inputs + outputs).first(where: { $0.name == name }) else {
            throw .foreignNetwork(self, "\"\(name)\" is missing")
        }
        // A file need not declare shapes; what comes out is checked in each run.
        guard !value.shape.isEmpty else { return }
        guard value.shape.count == sizes.count else {
            throw .foreignNetwork(self, "\"\(name)\" has \(value.shape.count) axes, not \(sizes.count)")
        }
        for (declared, wanted) in zip(value.shape, sizes) {
            guard let wanted, declared > 0, declared != wanted else { continue }
            throw .foreignNetwork(
                self, "\"\(name)\" has the size \(declared) where the model's configuration says \(wanted)")
        }
    }
}

extension Tensor {
    /// The tensor itself, when it has the shape that the rest relies on: a graph may declare nothing of its outputs.
    /// - Throws: ``InferenceError`` with `modelForeign`.
    func checked(_ name: String, of session: OnnxSession, shape wanted: [Int]) throws(InferenceError) -> Tensor {
        guard elementType == .float32 || elementType == .float16 else {
            throw .foreignNetwork(session, "\"\(name)\" holds no numbers of a known type")
        }
        guard shape == wanted else {
            throw .foreignNetwork(session, "\"\(name)\" has the shape \(shape), not \(wanted)")
        }
        return self
    }
}

extension [[Int]] {
    /// Rows of one length as a tensor of token ids.
    var tokenTensor: Tensor {
        Tensor(flatMap { $0.map(Int64.init) }, shape: [count, first?.count ?? 0])
    }
}
