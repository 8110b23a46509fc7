import ParleyCore
import Testing

@testable import ParleyPipeline

/// Frames of 512 samples, 31.25 in a second.
@Suite struct SpeechWindowerTests {
    private static let frame = 512

    private func windows(
        _ probabilities: [Float], options: SpeechDetectionOptions = SpeechDetectionOptions(),
        preferred: Duration = .seconds(4), maximum: Duration = .seconds(20), chunk: Int = 7
    ) -> [SpeechWindow] {
        var windower = SpeechWindower(
            options: options, frameSampleCount: Self.frame, preferred: preferred, maximum: maximum)
        var result: [SpeechWindow] = []
        for start in stride(from: 0, to: probabilities.count, by: chunk) {
            let part = Array(probabilities[start..<min(start + chunk, probabilities.count)])
            // Each sample carries its own index, so that a window shows where it was cut.
            let samples = (start * Self.frame..<(start + part.count) * Self.frame).map { Float($0) }
            result += windower.push(samples: samples, probabilities: part)
        }
        return result + windower.finish()
    }

    private func speech(_ frames: Int) -> [Float] { [Float](repeating: 0.9, count: frames) }
    private func silence(_ frames: Int) -> [Float] { [Float](repeating: 0.01, count: frames) }

    @Test func silenceHasNoWindows() { #expect(windows(silence(500)).isEmpty) }

    @Test func aStretchIsPaddedAndHoldsItsOwnAudio() throws {
        let found = windows(silence(50) + speech(60) + silence(50))
        let window = try #require(found.first)
        #expect(found.count == 1)
        #expect(window.audio.startSample == (50 - 6) * Self.frame)
        #expect(window.audio.samples.count == (60 + 12) * Self.frame)
        #expect(window.audio.samples.first == Float(window.audio.startSample))
        #expect(abs(window.speechSeconds - 60 * 0.032) < 1e-9)
    }

    @Test func aShortPauseDoesNotDivide() {
        #expect(windows(silence(20) + speech(40) + silence(3) + speech(40) + silence(40)).count == 1)
    }

    @Test func stretchesAreGatheredUntilTheWindowIsLongEnough() {
        // Each stretch and pause is 52 frames, 1.66 s: the third stretch is the first to pass 4 s.
        let talk = (0..<6).flatMap { _ in speech(40) + silence(12) }
        let found = windows(silence(20) + talk + silence(60))
        #expect(found.count == 2)
        #expect(abs(found.reduce(0) { $0 + $1.speechSeconds } - 6 * 40 * 0.032) < 1e-6)
    }

    @Test func aLongPauseAlwaysDivides() {
        #expect(windows(speech(40) + silence(40) + speech(40)).count == 2)
    }

    @Test func hysteresisKeepsWeakSpeech() {
        let weak = [Float](repeating: 0.4, count: 30)
        let found = windows(silence(20) + speech(20) + weak + speech(20) + silence(40))
        #expect(found.count == 1)
        #expect(abs(found[0].speechSeconds - 70 * 0.032) < 1e-6)
        #expect(windows(silence(20) + weak + silence(40)).isEmpty)
    }

    @Test func aClickIsNotSpeech() { #expect(windows(silence(20) + speech(2) + silence(40)).isEmpty) }

    @Test func endlessSpeechIsCutWhereItIsWeakest() throws {
        var talk = speech(900)
        talk[400] = 0.6
        let found = windows(talk, maximum: .seconds(16))
        #expect(found.count >= 2)
        let cut = try #require(found.first).audio.span.endSeconds
        #expect(abs(cut - 400 * 0.032) < 0.033)
        #expect(found.allSatisfy { $0.audio.span.durationSeconds <= 16 })
        // Nothing is lost and nothing comes twice.
        for (one, next) in zip(found, found.dropFirst()) {
            #expect(one.audio.startSample + one.audio.samples.count == next.audio.startSample)
        }
        #expect(abs(found.reduce(0) { $0 + $1.speechSeconds } - 900 * 0.032) < 1e-6)
    }

    @Test func windowsNeverOverlap() {
        let found = windows((0..<60).flatMap { speech(15 + $0 % 9) + silence(7 + $0 % 5) })
        for (one, next) in zip(found, found.dropFirst()) {
            #expect(one.audio.startSample + one.audio.samples.count <= next.audio.startSample)
        }
    }

    @Test(arguments: [1, 3, 64, 10_000]) func theSizeOfTheStepsDoesNotMatter(_ chunk: Int) {
        let track = (0..<40).flatMap { speech(20 + $0 % 11) + silence(5 + $0 % 40) }
        let reference = windows(track, chunk: 7).map(\.audio.span)
        #expect(windows(track, chunk: chunk).map(\.audio.span) == reference)
    }
}
