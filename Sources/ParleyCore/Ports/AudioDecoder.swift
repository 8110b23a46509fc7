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

    /// Opens a recording whose channels stay apart.
    ///
    /// Blocking: call on a ``BlockingLane``.
    /// - Parameters: as of ``open(_:track:)``.
    /// - Throws: ``AudioError``; `tooFewChannels` for a recording with one channel.
    func openChannels(_ input: AudioInput, track: Int?) throws -> any ChannelReader
}

extension AudioDecoder {
    /// For decoders that can't: refuses.
    public func openChannels(_ input: AudioInput, track: Int?) throws -> any ChannelReader {
        throw AudioError(.unsupportedFormat, "The channels of a recording can't be told apart here.")
    }
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

/// The channels of one recording being decoded side by side, front to back, in bounded memory.
///
/// Not thread-safe: one caller at a time. All calls block.
public protocol ChannelReader: AnyObject, Sendable {
    /// What the header said.
    var info: AudioInfo { get }

    /// The next samples of each channel at ``PCM/sampleRateHz``, all equally many; nil at the end. Chunks are never
    /// empty and at most a few seconds long.
    /// - Throws: ``AudioError`` when the stream is damaged, a limit is passed or the number of channels changes.
    func next() throws -> [[Float]]?
}
