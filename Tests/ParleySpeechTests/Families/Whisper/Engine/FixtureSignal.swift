import Foundation
import ParleyCore

/// The signals of scripts/fixtures/signals.py, sample for sample.
enum FixtureSignal {
    struct Component: Decodable {
        let kind: String
        let amplitude: Double
        let first: Int
        let last: Int
        let gate: Int
        var frequency: Double?
        var endFrequency: Double?
        var seed: UInt32?
    }

    /// 16-bit samples.
    static func samples(count: Int, _ components: [Component]) -> [Int16] {
        var total = [Double](repeating: 0, count: count)
        for component in components {
            var state = component.seed ?? 0
            let length = component.last - component.first
            let frequency = component.frequency ?? 0
            let slope = ((component.endFrequency ?? frequency) - frequency) / (2 * Double(length) / 16_000)
            for index in 0..<length {
                var value: Double
                if component.kind == "noise" {
                    state = 1_664_525 &* state &+ 1_013_904_223
                    value = (Double(state >> 16) - 32_768) / 32_768
                } else {
                    let tau = Double(index) / 16_000
                    value = sin(2 * .pi * (frequency * tau + slope * tau * tau))
                }
                if component.gate > 0, index / component.gate % 2 != 0 { value = 0 }
                total[component.first + index] += component.amplitude * value
            }
        }
        return total.map { Int16((max(-1, min(1, $0)) * 32_767).rounded(.toNearestOrEven)) }
    }

    /// The checksum of zlib (ISO 3309), bit by bit.
    static func crc32(_ samples: [Int16]) -> UInt32 {
        var crc = UInt32.max
        for sample in samples {
            for byte in [UInt8(truncatingIfNeeded: sample), UInt8(truncatingIfNeeded: sample >> 8)] {
                crc ^= UInt32(byte)
                for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
            }
        }
        return ~crc
    }
}
