#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif
import ParleyCore

/// The `logprobs` lists of answers and stream events: one entry per token, or per word where there are no tokens.
///
/// Every word after the first of the transcript carries its leading blank, as recognisers' tokens do, so that the
/// tokens joined are the text.
enum LogProbabilities {
    /// What stands for the logarithm of 0, as in OpenAI's answers.
    static let floor = -9999.0

    static func values(_ segment: Segment, isFirst: Bool) -> [JSONValue] {
        segment.words.enumerated().flatMap { index, word in
            let beginsText = isFirst && index == 0
            guard word.tokens.isEmpty else { return values(word.tokens, beginsText: beginsText) }
            let text = beginsText || word.joinsPrevious ? word.text : " " + word.text
            return [value(Array(text.utf8), logProbability: logarithm(word.probability))]
        }
    }

    /// The tokens of a word, without the blank before it where it begins the text.
    private static func values(_ tokens: [Token], beginsText: Bool) -> [JSONValue] {
        tokens.enumerated().map { index, token in
            let isLeading = beginsText && index == 0
            let bytes = isLeading ? Array(token.bytes.drop { $0 == UInt8(ascii: " ") }) : token.bytes
            return value(bytes, logProbability: max(floor, min(0, token.logProbability)))
        }
    }

    private static func value(_ bytes: [UInt8], logProbability: Double) -> JSONValue {
        [
            "token": .string(String(decoding: bytes, as: UTF8.self)), "logprob": .double(logProbability),
            "bytes": .array(bytes.map { .int(Int($0)) }),
        ]
    }

    static func values(_ transcript: Transcript) -> JSONValue {
        .array(transcript.segments.enumerated().flatMap { values($1, isFirst: $0 == 0) })
    }

    private static func logarithm(_ probability: Double) -> Double {
        probability > 0 ? Swift.max(floor, Swift.min(0, log(probability))) : floor
    }
}
