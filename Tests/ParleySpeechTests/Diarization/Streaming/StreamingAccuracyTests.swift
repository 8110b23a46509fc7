import Foundation
import ParleyCore
import ParleyScoring
import ParleyTestSupport
import Testing

@testable import ParleySpeech

/// Streams with the bundled networks on real voices.
@Suite(
    .enabled(
        if: BundledDiarizer.isAvailable && TestEnvironment.testData != nil, "needs PARLEY_TEST_DATA and the set-up"))
struct StreamingAccuracyTests {
    private func path(_ name: String) throws -> String { try #require(TestEnvironment.testData) + "/audio/" + name }

    /// The reference is the offline diarizer with the same networks: what a stream says in the end, corrections
    /// included, is nearly as good.
    @Test func correctedLabelsAreNearTheOfflineOnes() async throws {
        let samples = try BundledDiarizer.samples(path("conversations/conv_2spk.flac"))
        let rttm = try String(contentsOfFile: path("conversations/conv_2spk.rttm"), encoding: .utf8)
        let reference = try RTTMReader.turns(of: AnnotationFile(name: "conv_2spk", text: rttm)).values.flatMap { $0 }
        func rate(_ turns: [SpeakerTurn]) throws -> Double {
            try DiarizationScorer().score(reference: reference, hypothesis: turns).errors.rate
        }
        let diarizer = try BundledDiarizer.diarizer()
        let session = try await diarizer.makeSession(DiarizationOptions())
        try await session.push(AudioWindow(startSample: 0, samples: samples))
        let offline = try rate(try await session.finish().turns)
        let events = try await OnlineSpeakerTracker(sharing: diarizer).events(samples, pushing: 16_000)
        let online = try rate(events.uncorrected.namedTurns)
        let corrected = try rate(events.timeline.namedTurns)
        #expect(corrected <= offline + 0.05, "offline \(offline), online \(online), corrected \(corrected)")
        #expect(online <= offline + 0.25, "offline \(offline), online \(online), corrected \(corrected)")
        #expect(corrected <= online)
        #expect(events.timeline.speakers.count == 2)
    }

    /// Another recording of the same person, and one of somebody else.
    @Test func knownVoicesKeepTheirNames() async throws {
        let diarizer = try BundledDiarizer.diarizer()
        let input = AudioInput(path: try path("speakers/2609/2609-156975-0004.flac"), displayName: "reference")
        let print = try await diarizer.voicePrint(of: input, name: "Ada")
        var options = StreamingDiarizationOptions()
        options.knownVoices = [KnownVoice(name: "Ada", print: print)]
        let tracker = OnlineSpeakerTracker(sharing: diarizer)
        let own = try await tracker.events(
            BundledDiarizer.samples(path("speakers/2609/2609-156975-0002.flac")), pushing: 4_000, options: options)
        #expect(own.timeline.speakers.values.map(\.name) == ["Ada"])
        let other = try await tracker.events(
            BundledDiarizer.samples(path("speakers/3080/3080-5032-0001.flac")), pushing: 4_000, options: options)
        #expect(other.timeline.speakers.values.allSatisfy { $0.name == nil })
        options.knownVoices[0].print.encoder = "another"
        await #expect(throws: DiarizationError.self) { try await tracker.makeStream(options) }
    }
}
