#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif
import ParleyCore

/// The `logprobs` lists of answers and stream events: one entry per word.
///
/// Every word after the first of the transcript carries its leading blank, as recognisers' tokens do, so that the
/// tokens joined are the text.
enum LogProbabilities {
    /// What stands for the logarithm of 0, as in OpenAI's answers.
    static let floor = -9999.0

    static func values(_ segment: Segment, isFirst: Bool) -> [JSONValue] {
        segment.words.enumerated().map { index, word in
            let token = isFirst && index == 0 ? word.text : " " + word.text
            return [
                "token": .string(token),
                "logprob": .double(logarithm(word.probability)),
                "bytes": .array(token.utf8.map { .int(Int($0)) }),
            ]
        }
    }

    static func values(_ transcript: Transcript) -> JSONValue {
        .array(transcript.segments.enumerated().flatMap { values($1, isFirst: $0 == 0) })
    }

    private static func logarithm(_ probability: Double) -> Double {
        probability > 0 ? Swift.max(floor, Swift.min(0, log(probability))) : floor
    }
}
