import Foundation
import ParleyCore
import ParleyScoring
import ParleyTestSupport
import Testing

@testable import ParleySpeech

/// Streams against the offline diarizer with the same networks, on labelled conversations.
@Suite(
    .enabled(if: BundledDiarizer.isAvailable && TestEnvironment.testData != nil, "needs PARLEY_TEST_DATA and the set-up"))
struct StreamingAccuracyTests {
    /// Error rates of one recording.
    private struct Rates {
        let offline: Double
        let online: Double
        let revised: Double
    }

    private func rates(_ name: String, latency: Duration?) async throws -> Rates {
        let conversations = try #require(TestEnvironment.testData) + "/audio/conversations/"
        let folder = TestEnvironment.variable("EVAL_FOLDER") ?? conversations
        let file = ["flac", "wav"].map { folder + name + "." + $0 }.first { TestEnvironment.exists($0) }
        let samples = try BundledDiarizer.samples(try #require(file))
        let rttm = try String(contentsOfFile: folder + name + ".rttm", encoding: .utf8)
        let reference = try RTTMReader.turns(of: AnnotationFile(name: name, text: rttm)).values.flatMap { $0 }
        let diarizer = try BundledDiarizer.diarizer()
        let session = try await diarizer.makeSession(DiarizationOptions())
        try await session.push(AudioWindow(startSample: 0, samples: samples))
        let offline = try await session.finish().turns
        var options = StreamingDiarizationOptions()
        options.latency = latency
        let start = ContinuousClock.now
        let events = try await OnlineSpeakerTracker(sharing: diarizer).events(
            samples, pushing: 16_000, options: options)
        func rate(_ turns: [SpeakerTurn]) throws -> Double {
            try DiarizationScorer().score(reference: reference, hypothesis: turns).errors.rate
        }
        let rates = try Rates(
            offline: rate(offline), online: rate(events.uncorrected.namedTurns),
            revised: rate(events.timeline.namedTurns))
        func count(_ turns: [SpeakerTurn]) -> Int { Set(turns.map(\.speaker)).count }
        print(
            "STREAM \(name) latency \(latency.map { "\($0)" } ?? "5 s"): offline \(rates.offline), online "
                + "\(rates.online), revised \(rates.revised), speakers offline \(count(offline)) "
                + "online \(count(events.uncorrected.namedTurns)) revised \(count(events.timeline.namedTurns)) of "
                + "\(count(reference)); \(ContinuousClock.now - start)")
        return rates
    }

    @Test(arguments: ["conv_2spk", "conv_3spk_overlap", "conv_5spk", "long_en"])
    func revisedLabelsAreNearTheOfflineOnes(_ name: String) async throws {
        let latency = TestEnvironment.variable("EVAL_LATENCY").flatMap { Double($0) }.map { Duration.seconds($0) }
        let rates = try await rates(name, latency: latency)
        #expect(rates.revised <= rates.offline + 0.1)
    }
}
