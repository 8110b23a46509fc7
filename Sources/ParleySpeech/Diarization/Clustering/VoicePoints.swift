/// Points to be clustered, each standing for one voice or for several that were found to be the same.
struct VoicePoints: Sendable {
    /// Values per vector.
    let dimension: Int
    /// Vectors of length 1, flat `[point][value]`.
    private(set) var directions: [Float] = []
    /// The mean vectors as the encoder gives them, flat `[point][value]`.
    private(set) var embeddings: [Float] = []
    /// How many voices a point stands for.
    private(set) var weights: [Float] = []
    /// Seconds of speech of a point.
    private(set) var seconds: [Float] = []
    /// The segmentation window of a single voice, whose other voices are other people; nil for several voices.
    private(set) var windows: [Int?] = []

    var count: Int { weights.count }

    /// No points yet.
    init(dimension: Int) { self.dimension = dimension }

    /// One point for each voice.
    /// - Parameter voices: Their vectors have `dimension` values.
    init(_ voices: some Collection<LocalSpeaker>, dimension: Int) {
        self.dimension = dimension
        directions.reserveCapacity(voices.count * dimension)
        embeddings.reserveCapacity(voices.count * dimension)
        for voice in voices {
            directions += voice.direction
            embeddings += voice.embedding
            weights.append(1)
            seconds.append(voice.speechSeconds)
            windows.append(voice.window)
        }
    }

    /// The direction of a point.
    func direction(_ point: Int) -> ArraySlice<Float> { directions[point * dimension..<(point + 1) * dimension] }

    /// Adds a point that stands for some of others.
    mutating func append(_ members: [Int], of others: VoicePoints) {
        if members.count == 1, let member = members.first {
            directions += others.direction(member)
            embeddings += others.embeddings[member * dimension..<(member + 1) * dimension]
            windows.append(others.windows[member])
        } else {
            directions += others.meanDirection(members)
            embeddings += others.meanEmbedding(members)
            windows.append(nil)
        }
        weights.append(members.reduce(0) { $0 + others.weights[$1] })
        seconds.append(members.reduce(0) { $0 + others.seconds[$1] })
    }

    /// Adds all points of others.
    mutating func append(contentsOf others: VoicePoints) {
        directions += others.directions
        embeddings += others.embeddings
        weights += others.weights
        seconds += others.seconds
        windows += others.windows
    }

    /// Some of the points that follow each other.
    func part(_ range: Range<Int>) -> VoicePoints {
        var result = VoicePoints(dimension: dimension)
        result.directions = Array(directions[range.lowerBound * dimension..<range.upperBound * dimension])
        result.embeddings = Array(embeddings[range.lowerBound * dimension..<range.upperBound * dimension])
        result.weights = Array(weights[range])
        result.seconds = Array(seconds[range])
        result.windows = Array(windows[range])
        return result
    }

    /// The mean direction, seconds of speech for weights: longer voices are heard more surely.
    /// - Returns: Length 1, or 0 where the directions cancel out.
    func meanDirection(_ members: [Int]) -> [Float] {
        Vector.normalized(sum(of: directions, members) { seconds[$0] })
    }

    private func meanEmbedding(_ members: [Int]) -> [Float] {
        let total = members.reduce(0) { $0 + weights[$1] }
        return sum(of: embeddings, members) { weights[$0] / total }
    }

    private func sum(of vectors: [Float], _ members: [Int], weight: (Int) -> Float) -> [Float] {
        var result = [Float](repeating: 0, count: dimension)
        for member in members {
            let factor = weight(member)
            for index in 0..<dimension { result[index] += factor * vectors[member * dimension + index] }
        }
        return result
    }
}
