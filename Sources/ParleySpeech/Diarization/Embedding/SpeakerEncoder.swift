import ParleyCore

/// Turns what is heard of a voice into a vector: voices that sound alike have a small angle between them.
///
/// Implementations are stateless and shared by all requests.
protocol SpeakerEncoder: Sendable {
    /// Which network it is. Vectors of different encoders can't be compared.
    var traits: SpeakerEncoderTraits { get }

    /// One vector for each voice of each window, as the network gives it (not normalised); nil for a voice that is
    /// heard too briefly for the network.
    ///
    /// Features of a window are computed once for all its voices. Blocking.
    /// - Returns: `[window][voice]`.
    /// - Throws: ``InferenceError`` or `CancellationError`.
    func embeddings(of windows: [MaskedWindow], cancellation: CancellationFlag) throws -> [[[Float]?]]
}

/// What has to be known of an encoder to compare its vectors.
struct SpeakerEncoderTraits: Sendable, Hashable {
    /// Identifies the weights: part of every stored voice.
    let id: String
    /// Values per vector.
    let dimension: Int
    /// Cosine distance, 0...2, up to which average linkage takes voices of a recording for one person's.
    let linkageThreshold: Float
    /// Cosine similarity, -1...1, from which a voice is taken for a known speaker's.
    let acceptance: Float
}
