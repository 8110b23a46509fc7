import Foundation
import ParleyCore
import ParleyTestSupport
import Testing

@testable import ParleySpeech

/// Against openai/whisper 20250625: `SuppressBlank`, `SuppressTokens` and `ApplyTimestampRules`, in this order, on a row
/// of 1,776 tokens of which 264 ends the text, 266..<269 are languages and 275 is 0.00 s.
@Suite struct LogitRulesTests {
    private enum Logits: Sendable {
        /// All equal: 1,501 timestamps together are likelier than any token.
        case flat
        /// A token of text stands out.
        case text
        /// The end stands out.
        case end
        /// Token i has (7919 i mod 1000) / 40.
        case ramp

        var values: [Float] {
            (0..<1_776).map { id in
                switch self {
                case .flat: 0
                case .text: id == 100 ? 20 : 0
                case .end: id == 264 ? 20 : 0
                case .ramp: Float((id * 7_919) % 1_000) / 40
                }
            }
        }
    }

    private struct Case: Sendable {
        let history: [Int]
        let logits: Logits
        let allowed: [Range<Int>]
        var maximumInitial = Duration.seconds(1)
    }

    private static let text: [Range<Int>] = [0..<1, 3..<7, 8..<265, 266..<269]
    private static let ending: [Range<Int>] = [264..<265, 266..<269]

    private static let cases: [Case] =
        [Logits.flat, .text, .end, .ramp].flatMap { logits in
            [
                // The first is a timestamp, not beyond the latest.
                Case(history: [], logits: logits, allowed: [275..<326]),
                Case(history: [], logits: logits, allowed: [275..<276], maximumInitial: .zero),
                Case(history: [], logits: logits, allowed: [275..<305], maximumInitial: .milliseconds(580)),
                Case(history: [], logits: logits, allowed: [275..<1_776], maximumInitial: .seconds(Int.max)),
                // After a first mark, or a pair of them, comes text.
                Case(history: [275], logits: logits, allowed: text),
                Case(history: [1_775], logits: logits, allowed: text),
                Case(history: [275, 50, 300, 300], logits: logits, allowed: text),
                Case(history: [275, 50, 1_774, 1_774], logits: logits, allowed: text),
                // The last mark of all may only be repeated, or the text ends.
                Case(history: [275, 50, 1_775], logits: logits, allowed: ending + [1_775..<1_776]),
            ]
        } + [
            // Text goes on, or a later mark closes it; the marks' sum decides.
            Case(history: [275, 50], logits: .flat, allowed: [276..<1_776]),
            Case(history: [275, 50], logits: .text, allowed: text + [276..<1_776]),
            Case(history: [275, 50], logits: .end, allowed: text + [276..<1_776]),
            Case(history: [275, 50], logits: .ramp, allowed: [276..<1_776]),
            // After a closing mark comes its pair, not earlier, or the end.
            Case(history: [275, 50, 300], logits: .flat, allowed: [300..<1_776]),
            Case(history: [275, 50, 300], logits: .text, allowed: [300..<1_776]),
            Case(history: [275, 50, 300], logits: .end, allowed: ending + [300..<1_776]),
            Case(history: [275, 50, 300], logits: .ramp, allowed: [300..<1_776]),
            Case(history: [60, 290], logits: .end, allowed: ending + [290..<1_776]),
            Case(history: [60, 290], logits: .text, allowed: [290..<1_776]),
            // Marks never go back, nor stay where text lies between.
            Case(history: [275, 50, 300, 300, 60], logits: .flat, allowed: [301..<1_776]),
            Case(history: [275, 50, 300, 300, 60], logits: .text, allowed: text + [301..<1_776]),
            Case(history: [275, 50, 300, 51], logits: .end, allowed: text + [301..<1_776]),
            Case(history: [275, 50, 300, 51], logits: .ramp, allowed: [301..<1_776]),
            // Text without any mark so far.
            Case(history: [60], logits: .flat, allowed: [275..<1_776]),
            Case(history: [60, 61], logits: .text, allowed: text + [275..<1_776]),
        ]

    /// The ids that stay possible.
    private static func allowed(
        _ logits: [Float], after history: [Int], _ change: (inout DecodingOptions) -> Void = { _ in }
    ) throws -> [Int] {
        let folder = try SyntheticWhisper().write()
        let whisper = try WhisperFolder(directory: folder.url.path)
        let tokenizer = try WhisperTokenizer(folder: whisper, metadata: [:])
        try #require(tokenizer.special.endOfText == 264 && tokenizer.special.timestampBegin == 275)
        var options = DecodingOptions()
        change(&options)
        let rules = LogitRules(
            options: options, configuration: try WhisperConfiguration(folder: whisper), special: tokenizer.special)
        var row = LogitRow(count: logits.count)
        logits.withUnsafeBufferPointer { row.load($0) }
        rules.apply(to: &row, after: history)
        for (value, logit) in zip(row.values, logits) where value > -.infinity { #expect(value == logit) }
        return row.values.indices.filter { row.values[$0] > -.infinity }
    }

    @Test func timestampsFollowTheRules() throws {
        for entry in Self.cases {
            let found = try Self.allowed(entry.logits.values, after: entry.history) {
                $0.maximumInitialTimestamp = entry.maximumInitial
            }
            #expect(found == entry.allowed.flatMap { Array($0) }, "\(entry.history) \(entry.logits)")
        }
    }

    @Test func withoutTimestampsOnlyListsCount() throws {
        let free = Set(0..<1_776).subtracting([1, 2, 7, 265, 269, 270, 271, 272, 273])
        let options: (inout DecodingOptions) -> Void = { $0.usesTimestamps = false }
        #expect(try Set(Self.allowed(Logits.flat.values, after: [50], options)) == free)
        #expect(try Set(Self.allowed(Logits.flat.values, after: [300, 50, 300], options)) == free)
        // A text begins with neither a blank nor its end.
        #expect(try Set(Self.allowed(Logits.flat.values, after: [], options)) == free.subtracting([220, 264]))
    }

    @Test func blanksMayBegin() throws {
        let found = try Self.allowed(Logits.flat.values, after: []) {
            $0.usesTimestamps = false
            $0.suppressesBlank = false
        }
        #expect(found.contains(220) && found.contains(264))
    }

    @Test func listsAreTheModelsOwnOrTheRequests() throws {
        func suppressed(_ tokens: [Int]) throws -> Set<Int> {
            Set(0..<1_776).subtracting(
                try Self.allowed(Logits.flat.values, after: [50]) {
                    $0.usesTimestamps = false
                    $0.suppressedTokens = tokens
                })
        }
        let steering: Set = [265, 269, 270, 271, 272, 273]
        #expect(try suppressed([]) == steering)
        #expect(try suppressed([-1]) == steering.union([1, 2, 7]))
        #expect(try suppressed([30, 31]) == steering.union([30, 31]))
        #expect(try suppressed([-1, 30]) == steering.union([1, 2, 7, 30]))
        #expect(try suppressed([-1, 1_000_000, -7, .min, .max]) == steering.union([1, 2, 7]))
    }

    @Test func anEndlessTextDoesNotEnd() throws {
        for history in [[], [50], [275, 50, 300]] {
            let found = try Self.allowed(Logits.end.values, after: history) { $0.isEndless = true }
            #expect(!found.contains(264) && !found.isEmpty)
        }
    }
}
