import Foundation
import ParleyCore
import ParleyInference

/// Finds when each word was spoken from where the decoder attended: openai/whisper's `timing.py`.
struct WordAligner: Sendable {
    let network: any WhisperNetwork
    let tokenizer: WhisperTokenizer

    /// A text to be aligned.
    struct Request: Sendable {
        let audio: EncodedAudio
        /// Seconds of audio in the window, at most 30.
        let windowSeconds: Double
        /// Start of transcript, language and task, as the text was decoded with.
        let steering: [Int]
        let segments: [TextSegment]
        /// ISO 639-1; decides how words are told apart.
        let language: String
    }

    /// Frames per second of the encoder's output.
    private static let framesPerSecond = 50.0

    /// Aligns texts in one batch, and shares the words out to the segments.
    /// - Throws: ``InferenceError`` or `CancellationError`.
    func align(_ requests: [Request], cancellation: CancellationFlag) throws -> [[TimedSegment]] {
        zip(requests, try words(of: requests, cancellation: cancellation)).map { request, words in
            SegmentTiming.distribute(words, over: request.segments)
        }
    }

    /// The words of texts as the attention places them, before anything is mended.
    /// - Throws: ``InferenceError`` or `CancellationError`.
    func words(of requests: [Request], cancellation: CancellationFlag) throws -> [[TimedWord]] {
        let texts = requests.map(feed)
        let length = texts.map(\.count).max() ?? 0
        let padded = texts.map { $0 + Array(repeating: tokenizer.special.endOfText, count: length - $0.count) }
        let attended = try network.align(
            network.join(requests.map(\.audio)), tokens: padded, cancellation: cancellation)
        return requests.enumerated().map { row, request in
            words(of: request, attended: attended, row: row, tokenCount: texts[row].count)
        }
    }

    /// Steering tokens, "no timestamps", the text, the end.
    private func feed(_ request: Request) -> [Int] {
        request.steering + [tokenizer.special.noTimestamps] + request.segments.flatMap { $0.tokens.map(\.id) }
            + [tokenizer.special.endOfText]
    }

    private func words(of request: Request, attended: AttendedText, row: Int, tokenCount: Int) -> [TimedWord] {
        let tokens = request.segments.flatMap(\.tokens)
        // Seconds that were computed from two places in a long recording may fall short of a whole frame by rounding.
        let frameCount = min(WhisperAudio.encodedFrameCount, Int(request.windowSeconds * Self.framesPerSecond + 1e-6))
        let groups = tokenizer.words(of: tokens.map(\.id), language: request.language)
        guard !groups.isEmpty, frameCount > 0 else { return [] }
        let first = request.steering.count
        let matrix = AttentionMatrix(
            attended, row: row, tokenCount: tokenCount, frameCount: frameCount, rows: first..<(tokenCount - 1))
        // The row of each token says where its predecessor's ends; the first row is that of "no timestamps".
        let columns = DynamicTimeWarping.firstColumns(
            costs: matrix.costs, rowCount: matrix.rowCount, columnCount: matrix.frameCount)
        let probabilities = probabilities(of: tokens, attended: attended, row: row, first: first)
        var position = 0
        return groups.map { group in
            let range = position..<min(tokens.count, position + group.tokens.count)
            position = range.upperBound
            return TimedWord(
                text: group.text, tokens: Array(tokens[range]),
                startSeconds: Double(columns[range.lowerBound]) / Self.framesPerSecond,
                endSeconds: Double(columns[range.upperBound]) / Self.framesPerSecond,
                probability: range.isEmpty ? 0 : probabilities[range].reduce(0, +) / Double(range.count))
        }
    }

    /// The probability of each token among the text tokens, given the text before it.
    private func probabilities(of tokens: [TextToken], attended: AttendedText, row: Int, first: Int) -> [Double] {
        let (length, vocabulary) = (attended.logits.shape[1], attended.logits.shape[2])
        let text = 0..<min(vocabulary, tokenizer.special.endOfText)
        var logits = LogitRow(count: vocabulary)
        return attended.logits.withFloat32s { all in
            tokens.enumerated().map { index, token in
                let start = (row * length + first + index) * vocabulary
                logits.load(UnsafeBufferPointer(rebasing: all[start..<(start + vocabulary)]))
                return exp(Double(logits.values[token.id] - logits.logSumExp(in: text)))
            }
        }
    }
}
