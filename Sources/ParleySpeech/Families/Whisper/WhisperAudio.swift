import ParleyCore

/// The fixed sizes of Whisper's input (arXiv 2212.04356, section 2.2).
enum WhisperAudio {
    /// Length of every encoded window.
    static let window = Duration.seconds(30)
    /// Log-mel frames of a window, 100 per second.
    static let frameCount = 3_000
    /// Frames of a window that the encoder gives, 50 per second.
    static let encodedFrameCount = frameCount / 2
    /// Samples of a window.
    static let sampleCount = PCM.sampleCount(seconds: window / .seconds(1))
}
