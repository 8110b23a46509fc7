import Foundation
import ParleyCore

@testable import ParleySpeech

/// The diarization error rate on a grid of 10 ms without a collar, with overlaps: enough for tests that compare.
struct FrameErrorRate {
    private static let framesPerSecond = 100.0

    /// Reference turns by speaker.
    let reference: [String: [TimeSpan]]

    init(reference: [String: [TimeSpan]]) { self.reference = reference }

    /// From a file of the format RTTM.
    init(rttm path: String) throws {
        var reference: [String: [TimeSpan]] = [:]
        for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 7, let start = Double(fields[3]), let length = Double(fields[4]) else { continue }
            reference[String(fields[7]), default: []].append(
                TimeSpan(startSeconds: start, endSeconds: start + length))
        }
        self.reference = reference
    }

    /// Missed, false and confused speech over all speech of the reference, with the best pairing of speakers.
    func of(_ hypothesis: [String: [TimeSpan]]) -> Double {
        let end = (Array(reference.values) + Array(hypothesis.values)).flatMap { $0 }.map(\.endSeconds).max() ?? 0
        let count = Int(end * Self.framesPerSecond) + 1
        let truth = reference.keys.sorted().map { Self.grid(reference[$0] ?? [], count) }
        let guess = hypothesis.keys.sorted().map { Self.grid(hypothesis[$0] ?? [], count) }
        let shared = truth.map { one in guess.map { other in Float(zip(one, other).count { $0 && $1 }) } }
        var correct = 0
        for (row, column) in LinearAssignment.maximize(shared).enumerated() {
            if let column { correct += Int(shared[row][column]) }
        }
        var (errors, total) = (0, 0)
        for frame in 0..<count {
            let (said, found) = (truth.count { $0[frame] }, guess.count { $0[frame] })
            errors += max(said, found)
            total += said
        }
        return Double(errors - correct) / Double(max(1, total))
    }

    private static func grid(_ spans: [TimeSpan], _ count: Int) -> [Bool] {
        var grid = [Bool](repeating: false, count: count)
        for span in spans {
            let range = Int(span.startSeconds * framesPerSecond)..<max(
                Int(span.startSeconds * framesPerSecond), min(count, Int(span.endSeconds * framesPerSecond)))
            for frame in range { grid[frame] = true }
        }
        return grid
    }
}

extension SpeakerTimeline {
    /// Turns by speaker.
    var spans: [String: [TimeSpan]] {
        Dictionary(grouping: turns) { "\($0.speaker)" }.mapValues { $0.map(\.span) }
    }
}
