import Foundation
import ParleyAudio
import ParleyCore
import ParleyTestSupport
import Testing

struct RealRecordingTests {
    @Test(
        .enabled(
            if: TestEnvironment.testData != nil,
            "needs recordings: set PARLEY_TEST_DATA to the folder that holds them"))
    func everyRecordingDecodesToItsLength() throws {
        let folder = URL(fileURLWithPath: try #require(TestEnvironment.testData)).appendingPathComponent(
            "audio")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap {
            $0 as? URL
        }
        let recordings = (files ?? []).filter { ["wav", "flac", "mp3", "opus", "ogg"].contains($0.pathExtension) }
        #expect(!recordings.isEmpty)
        for recording in recordings {
            let reader = try FFmpegDecoder().open(
                AudioInput(path: recording.path, displayName: recording.lastPathComponent), track: nil)
            var sampleCount = 0
            while let chunk = try reader.next() { sampleCount += chunk.count }
            let claimed = try #require(reader.info.claimedDurationSeconds)
            #expect(abs(PCM.seconds(sampleCount: sampleCount) - claimed) < 0.1, "\(recording.lastPathComponent)")
        }
    }
}
