import Foundation
import ParleyCore
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
        let folder = try #require(TestEnvironment.testData) + "/audio/conversations/"
        let samples = try BundledDiarizer.samples(folder + name + ".flac")
        let score = try FrameErrorRate(rttm: folder + name + ".rttm")
        let diarizer = try BundledDiarizer.diarizer()
        let session = try await diarizer.makeSession(DiarizationOptions())
        try await session.push(AudioWindow(startSample: 0, samples: samples))
        let offline = try await session.finish().turns
        var options = StreamingDiarizationOptions()
        options.latency = latency
        let start = ContinuousClock.now
        let events = try await OnlineSpeakerTracker(sharing: diarizer).events(
            samples, pushing: 16_000, options: options)
        let rates = Rates(
            offline: score.of(Dictionary(grouping: offline, by: \.speaker).mapValues { $0.map(\.span) }),
            online: score.of(events.uncorrected.spans), revised: score.of(events.timeline.spans))
        print(
            "STREAM \(name) latency \(latency.map { "\($0)" } ?? "5 s"): offline \(rates.offline), online "
                + "\(rates.online), revised \(rates.revised), speakers offline \(Set(offline.map(\.speaker)).count) "
                + "online \(events.uncorrected.spans.count) revised \(events.timeline.spans.count) of "
                + "\(score.reference.count); \(ContinuousClock.now - start)")
        return rates
    }

    @Test(arguments: ["conv_2spk", "conv_3spk_overlap", "conv_5spk", "long_en"])
    func revisedLabelsAreNearTheOfflineOnes(_ name: String) async throws {
        let rates = try await rates(name, latency: nil)
        #expect(rates.revised <= rates.offline + 0.1)
    }
}
