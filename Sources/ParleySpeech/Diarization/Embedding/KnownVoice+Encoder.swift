import ParleyCore

extension KnownVoice {
    /// Checks that a stored voice can be compared with an encoder's vectors.
    /// - Throws: ``DiarizationError`` with `voiceForeign`.
    func requireComparable(with encoder: SpeakerEncoderTraits) throws(DiarizationError) {
        guard print.encoder == encoder.id, print.values.count == encoder.dimension else {
            throw DiarizationError(
                .voiceForeign,
                "The voice of '\(name)' was stored with another speaker model than the one in use; enrol it again.",
                speakerName: name)
        }
    }
}
