public import ParleyCore

extension VoiceProfile {
    /// The speaker as clients see it: without the vector, which is nobody else's business.
    public var json: JSONValue {
        [
            "id": .string(id), "object": "speaker", "name": .string(name.text), "created": .int(createdUnixSeconds),
            "encoder": .string(print.encoder),
            "speech_seconds": .double((print.speechSeconds * 100).rounded() / 100),
        ]
    }
}
