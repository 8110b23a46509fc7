/// Opens recordings.
///
/// Implementations hold no state between calls.
public protocol AudioDecoder: Sendable {
    /// Opens a recording and reads its header.
    ///
    /// Blocking: call on a ``BlockingLane``.
    /// - Parameters:
    ///   - input: The file.
    ///   - track: Zero-based index among the audio tracks; nil takes the first.
    /// - Throws: ``AudioError``
    func open(_ input: AudioInput, track: Int?) throws -> any AudioReader
}

/// One recording being decoded, front to back, in bounded memory.
///
/// Not thread-safe: one caller at a time. All calls block.
public protocol AudioReader: AnyObject, Sendable {
    /// What the header said.
    var info: AudioInfo { get }

    /// The next samples, mono at ``PCM/sampleRateHz``; nil at the end. Chunks are never empty and at most a few
    /// seconds long.
    /// - Throws: ``AudioError`` when the stream is damaged or a limit is passed.
    func next() throws -> [Float]?
}
