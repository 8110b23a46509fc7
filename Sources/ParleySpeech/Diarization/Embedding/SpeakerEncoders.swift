import ParleyCore
import ParleyInference

/// The speaker encoders that Parley knows.
enum SpeakerEncoders {
    /// The encoder of a network, told by its metadata and tensors.
    /// - Throws: ``InferenceError`` with `modelForeign`.
    static func encoder(_ session: OnnxSession) throws(InferenceError) -> any SpeakerEncoder {
        try GE2EEncoder(session: session)
    }
}
