import Foundation
import ParleyAudio
import ParleyCore
import ParleyTestSupport
import Testing

let ffmpeg = CommandLineTool("ffmpeg")
let ffmpegHint: Comment = "needs the ffmpeg program to make its inputs: install the package ffmpeg"

/// A test sound that can be computed at any sample rate.
enum TestSound {
    /// A sweep from 200 to 2,600 Hz in three seconds under a slow swell: it correlates with itself at one place only,
    /// and even 8 kHz and narrow codecs keep it.
    static func samples(sampleRateHz: Int, seconds: Double = 3) -> [Float] {
        (0..<Int(Double(sampleRateHz) * seconds)).map { index in
            let time = Double(index) / Double(sampleRateHz)
            let swell = 0.6 + 0.4 * sin(2 * .pi * 1.3 * time)
            return Float(0.5 * swell * sin(2 * .pi * (200 + 400 * time) * time))
        }
    }

    /// Pearson's correlation of two signals at the lag, of at most some samples, where their first second fits best.
    static func bestCorrelation(_ a: [Float], _ b: [Float], maximumLag: Int) -> Float {
        let second = PCM.sampleRateHz
        let best = (-maximumLag...maximumLag)
            .map { (lag: $0, fit: correlation(a, b, lag: $0, limit: second, step: 5)) }
            .max { $0.fit < $1.fit }
        return correlation(a, b, lag: best?.lag ?? 0, limit: .max, step: 1)
    }

    private static func correlation(_ a: [Float], _ b: [Float], lag: Int, limit: Int, step: Int) -> Float {
        let (aStart, bStart) = (max(0, lag), max(0, -lag))
        let count = min(a.count - aStart, b.count - bStart, limit)
        var (ab, aa, bb): (Float, Float, Float) = (0, 0, 0)
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                for index in stride(from: 0, to: count, by: step) {
                    ab += a[aStart + index] * b[bStart + index]
                    aa += a[aStart + index] * a[aStart + index]
                    bb += b[bStart + index] * b[bStart + index]
                }
            }
        }
        return ab / max(aa * bb, 1e-20).squareRoot()
    }
}

/// All samples of a file.
func decode(_ path: String, track: Int? = nil, limits: DecodeLimits = DecodeLimits()) throws -> [Float] {
    let reader = try FFmpegDecoder(limits: limits).open(
        AudioInput(path: path, displayName: "test"), track: track)
    var samples: [Float] = []
    while let chunk = try reader.next() {
        #expect((1...PCM.sampleRateHz).contains(chunk.count))
        samples += chunk
    }
    #expect(try reader.next() == nil)
    return samples
}

/// The error that decoding a file ends with.
func audioError(_ path: String, track: Int? = nil, limits: DecodeLimits = DecodeLimits()) -> AudioError? {
    do {
        _ = try decode(path, track: track, limits: limits)
        return nil
    } catch {
        return error as? AudioError
    }
}
