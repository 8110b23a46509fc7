import ParleyCore
import Testing

@testable import ParleySpeech

@Suite struct SpeakerCacheTests {
    private func output(
        _ cache: SpeakerCache, _ settings: SortformerSettings, random: inout SplitMix64, posterior: (Int) -> [Float]
    ) -> SortformerNetwork.Output {
        let chunk = settings.stepFrameCount
        let frames = cache.cache.count / 2 + cache.queue.count / 2 + chunk
        return SortformerNetwork.Output(
            posteriors: (0..<frames).flatMap(posterior),
            vectors: (0..<(chunk * 2)).map { _ in Float.random(in: -1...1, using: &random) }, chunkFrameCount: chunk)
    }

    /// Hours of speech, silence, and everybody at once.
    @Test(arguments: [SortformerSettings.lowLatency, .highLatency, .veryHighLatency])
    func memoryHasABound(_ settings: SortformerSettings) {
        var random = SplitMix64(seed: 2)
        var cache = SpeakerCache(settings: settings, width: 2, speakerCount: 4)
        for step in 0..<600 {
            let loud = step / 100
            let output = output(cache, settings, random: &random) { frame in
                (0..<4).map { speaker in
                    switch loud % 3 {
                    case 0: speaker == (frame / 9) % 4 ? 0.9 - Float(frame % 13) / 100 : 0.02
                    case 1: 0
                    default: 0.99
                    }
                }
            }
            let posteriors = cache.advance(output)
            #expect(posteriors.count == settings.chunkFrameCount * 4)
            #expect(cache.cache.count <= settings.cacheFrameCount * 2)
            #expect(cache.queue.count <= settings.queueFrameCount * 2)
        }
        #expect(cache.cache.count == settings.cacheFrameCount * 2)
    }

    @Test func eachSpeakerKeepsPlacesInOrderAndSilenceFillsTheRest() {
        let selection = CacheSelection(frameCount: 32, speakerCount: 4)
        // Speaker 1 is heard in the first half, speaker 0 in the second; nobody else.
        let (first, second): ([Float], [Float]) = ([0.01, 0.9, 0.01, 0.01], [0.9, 0.01, 0.01, 0.01])
        let posteriors: [Float] = (0..<60).flatMap { $0 < 30 ? first : second }
        let chosen = selection.choose(posteriors)
        #expect(chosen.count == 32)
        // Three places of each of four speakers are for silence.
        #expect(chosen.count { $0 == nil } == 12)
        let frames = chosen.compactMap { $0 }
        #expect(frames.count == 20)
        let split = frames.firstIndex { $0 < 30 } ?? 0
        #expect(frames[..<split].allSatisfy { $0 >= 30 } && frames[split...].allSatisfy { $0 < 30 })
        // Both have at least the frames with the strong bonus.
        #expect(split >= 3 && frames.count - split >= 3)
        #expect(frames[..<split].elementsEqual(frames[..<split].sorted()))
    }

    @Test func silenceAloneKeepsSilence() {
        let chosen = CacheSelection(frameCount: 20, speakerCount: 4).choose([Float](repeating: 0.01, count: 25 * 4))
        #expect(chosen.count == 20 && chosen.allSatisfy { $0 == nil })
    }
}
