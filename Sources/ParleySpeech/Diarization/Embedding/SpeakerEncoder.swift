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
