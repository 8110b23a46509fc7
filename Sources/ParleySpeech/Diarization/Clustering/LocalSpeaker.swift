/// One of the few voices in a segmentation window, before it is known whose it is.
struct LocalSpeaker: Sendable {
    /// Number of the window, from 0.
    let window: Int
    /// Which of the window's voices.
    let index: Int
    /// Seconds in which it is heard, alone where that is enough.
    let speechSeconds: Float
    /// The voice as the encoder gives it.
    let embedding: [Float]
    /// The same with length 1.
    let direction: [Float]

    init(window: Int, index: Int, speechSeconds: Float, embedding: [Float]) {
        self.window = window
        self.index = index
        self.speechSeconds = speechSeconds
        self.embedding = embedding
        direction = Vector.normalized(embedding)
    }
}
