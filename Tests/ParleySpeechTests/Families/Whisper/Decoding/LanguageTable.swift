import ParleyCore
import Foundation
import Testing

@testable import ParleySpeech

/// A language model that rates a few tokens by the text before them: the same text, the same ratings.
struct LanguageTable: Sendable {
    let seed: UInt64
    /// Tokens, of which the last ends the text.
    let tokenCount: Int
    /// What is added to the end's logit.
    var endBias: Float = 0

    var endOfText: Int { tokenCount - 1 }

    func logits(after tokens: [Int]) -> [Float] {
        var state = seed &* 1_000_003
        for token in tokens { state = (state ^ UInt64(token + 1)) &* 0x100_0000_01b3 }
        var generator = SplitMix64(seed: state)
        return (0..<tokenCount).map { id in
            Float.random(in: -3...3, using: &generator) + (id == endOfText ? endBias : 0)
        }
    }

    /// Log-probabilities in double precision, by definition.
    func logProbabilities(after tokens: [Int]) -> [Double] {
        let logits = logits(after: tokens).map(Double.init)
        let total = logits.reduce(0) { $0 + exp($1) }
        return logits.map { $0 - log(total) }
    }

    /// Lets a search run to its end, as a network would.
    /// - Returns: The number of rows of each step.
    func run(_ search: inout some TokenSearch) -> [Int] {
        var prefixes: [[Int]] = [[]]
        var counts: [Int] = []
        while true {
            let step = search.advance { row, tokens in
                // Each row has been fed the text that the search thinks it has.
                #expect(prefixes[row] == tokens)
                let logits = logits(after: tokens)
                var values = LogitRow(count: logits.count)
                logits.withUnsafeBufferPointer { values.load($0) }
                return values
            }
            guard !step.tokens.isEmpty else { return counts }
            prefixes = zip(step.sources, step.tokens).map { prefixes[$0] + [$1] }
            counts.append(step.tokens.count)
        }
    }
}
