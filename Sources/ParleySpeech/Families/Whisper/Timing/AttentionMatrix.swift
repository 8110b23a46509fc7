import ParleyInference

/// Where in the audio each token of a text was attended to, made ready for alignment as openai/whisper's
/// `timing.find_alignment` does: softmax over the audio's own frames, each frame normalised over the tokens, a median
/// filter over time, the mean over the heads.
struct AttentionMatrix {
    /// Width of the median filter in frames; openai/whisper's `medfilt_width`.
    static let medianWidth = 7

    /// Costs for the alignment: the negative of the attention, row after row.
    let costs: [Float]
    let rowCount: Int
    let frameCount: Int

    /// - Parameters:
    ///   - text: What the network said.
    ///   - row: The row of the batch.
    ///   - tokenCount: Tokens of the text, padding excluded.
    ///   - frameCount: Frames that the audio really has, at 50 per second.
    ///   - rows: The tokens that are to be aligned.
    init(_ text: AttendedText, row: Int, tokenCount: Int, frameCount: Int, rows: Range<Int>) {
        var sum = [Float](repeating: 0, count: rows.count * frameCount)
        for (weights, head) in text.heads {
            var matrix = Self.matrix(weights, row: row, head: head, tokenCount: tokenCount, frameCount: frameCount)
            Self.normalizeFrames(&matrix, tokenCount: tokenCount, frameCount: frameCount)
            for (target, token) in rows.enumerated() {
                let start = token * frameCount
                let filtered = Self.medianFiltered(matrix[start..<(start + frameCount)])
                for frame in 0..<frameCount { sum[target * frameCount + frame] += filtered[frame] }
            }
        }
        let headCount = Float(max(1, text.heads.count))
        costs = sum.map { -$0 / headCount }
        rowCount = rows.count
        self.frameCount = frameCount
    }

    /// One head's weights over the frames that the audio has; each row sums to 1 again.
    private static func matrix(
        _ weights: Tensor, row: Int, head: Int, tokenCount: Int, frameCount: Int
    ) -> [Float] {
        let (headCount, paddedCount, allFrames) = (weights.shape[1], weights.shape[2], weights.shape[3])
        return weights.withFloat32s { all in
            var matrix: [Float] = []
            matrix.reserveCapacity(tokenCount * frameCount)
            for token in 0..<tokenCount {
                let start = ((row * headCount + head) * paddedCount + token) * allFrames
                let part = all[start..<(start + min(frameCount, allFrames))]
                let total = max(part.reduce(0, +), .leastNormalMagnitude)
                matrix += part.map { $0 / total }
            }
            return matrix
        }
    }

    /// Subtracts each frame's mean over the tokens and divides by its standard deviation.
    private static func normalizeFrames(_ matrix: inout [Float], tokenCount: Int, frameCount: Int) {
        for frame in 0..<frameCount {
            var (sum, squares): (Double, Double) = (0, 0)
            for token in 0..<tokenCount { sum += Double(matrix[token * frameCount + frame]) }
            let mean = sum / Double(tokenCount)
            for token in 0..<tokenCount {
                let difference = Double(matrix[token * frameCount + frame]) - mean
                squares += difference * difference
            }
            let deviation = (squares / Double(tokenCount)).squareRoot()
            for token in 0..<tokenCount {
                let centred = Double(matrix[token * frameCount + frame]) - mean
                matrix[token * frameCount + frame] = deviation > 0 ? Float(centred / deviation) : 0
            }
        }
    }

    /// The running median, mirrored at the ends; values too short for that come back as they are.
    private static func medianFiltered(_ values: ArraySlice<Float>) -> [Float] {
        let half = medianWidth / 2
        let values = Array(values)
        guard values.count > half else { return values }
        return values.indices.map { centre in
            let window = (centre - half...centre + half).map { index -> Float in
                let mirrored = index < 0 ? -index : index >= values.count ? 2 * (values.count - 1) - index : index
                return values[mirrored]
            }
            return window.sorted()[half]
        }
    }
}
