import ParleyInference
import Testing

@testable import ParleySpeech

/// Against the arithmetic of openai/whisper 20250625's `find_alignment` with its own `median_filter`.
@Suite struct AttentionMatrixTests {
    /// Two heads, five tokens, twelve frames; rows that sum to 1.
    ///
    /// The first row of the batch holds other numbers.
    private static func text() -> AttendedText {
        var values = [Float](repeating: 0.25, count: 2 * 5 * 12)
        for head in 0..<2 {
            for token in 0..<5 {
                let row = (0..<12).map { frame in
                    Float(1 + (head * 31 + token * 17 + frame * 7 + token * frame * 3 + head * frame * 5) % 23)
                }
                values += row.map { $0 / row.reduce(0, +) }
            }
        }
        let weights = Tensor(values, shape: [2, 2, 5, 12])
        return AttendedText(logits: Tensor([Float](), shape: [0]), heads: [(weights, 0), (weights, 1)])
    }

    @Test func isWhatOpenAIComputes() {
        // Four tokens of which the last is padding to the aligner, ten frames of audio, the second and third token.
        let matrix = AttentionMatrix(Self.text(), row: 1, tokenCount: 4, frameCount: 10, rows: 1..<3)
        let expected: [Float] = [
            -0.00761, 0.1949, 0.13396, -0.5133, 0.02954, -0.44295, -0.19598, -0.19598, -0.19598, -0.44295,
            -0.68125, -0.1153, -0.56893, 0.51575, -0.07164, -0.07164, 0.15982, 0.15982, -0.26267, -0.07164,
        ]
        expectEqual(matrix, expected, rows: 2, frames: 10)
    }

    @Test func takesAllFramesAndTokens() {
        let matrix = AttentionMatrix(Self.text(), row: 1, tokenCount: 5, frameCount: 12, rows: 2..<4)
        let expected: [Float] = [
            -0.64333, -0.07651, -0.45306, 0.30362, -0.07803, -0.26829, 0.24834, 0.29437, 0.05743, -0.21328, -0.223,
            -0.5106, -0.24361, -0.25893, -0.45623, -0.47155, -0.47155, -0.25893, -0.45794, -0.19627, 0.65961, 0.73887,
            0.73887, 0.73887,
        ]
        expectEqual(matrix, expected, rows: 2, frames: 12)
    }

    private func expectEqual(_ matrix: AttentionMatrix, _ expected: [Float], rows: Int, frames: Int) {
        #expect(matrix.rowCount == rows)
        #expect(matrix.frameCount == frames)
        #expect(matrix.costs.count == expected.count)
        for (cost, value) in zip(matrix.costs, expected) { #expect(abs(cost + value) < 2e-5) }
    }

    /// Of three frames or fewer nothing can be mirrored, so they stay unfiltered: weights of (1, 3) and (3, 1) lie a
    /// standard deviation from their mean.
    @Test func fewFramesAreNotFiltered() {
        let weights = Tensor([0.25, 0.75, 0.75, 0.25], shape: [1, 1, 2, 2])
        let matrix = AttentionMatrix(
            AttendedText(logits: weights, heads: [(weights, 0)]), row: 0, tokenCount: 2, frameCount: 2, rows: 0..<2)
        for (cost, value) in zip(matrix.costs, [1, -1, -1, 1] as [Float]) { #expect(abs(cost - value) < 1e-6) }
    }

    @Test func evenAttentionCostsNothing() {
        let weights = Tensor([Float](repeating: 0, count: 3 * 8), shape: [1, 1, 3, 8])
        let matrix = AttentionMatrix(
            AttendedText(logits: weights, heads: [(weights, 0)]), row: 0, tokenCount: 3, frameCount: 8, rows: 0..<3)
        #expect(matrix.costs.allSatisfy { $0 == 0 })
    }
}
