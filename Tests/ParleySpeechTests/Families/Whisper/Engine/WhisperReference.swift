import Foundation
import ParleyCore
import ParleyTestSupport

@testable import ParleySpeech

/// What openai/whisper says to signals on the fixture's weights (scripts/fixtures/make_reference.py).
struct WhisperReference: Decodable {
    let windowModes: [String: Mode]
    let signals: [String: Signal]

    /// Options by the names of openai/whisper's `DecodingOptions`.
    struct Mode: Decodable {
        var withoutTimestamps: Bool?
        var language: String?
        var task: String?
        var prompt: String?
        var prefix: String?
        var beamSize: Int?
        var patience: Double?
        var lengthPenalty: Double?
        var sampleLen: Int?

        /// The same in Parley's terms, without fallback and without judgement.
        var options: RecognitionOptions {
            var options = RecognitionOptions(
                task: task == "translate" ? .translate : .transcribe, language: language ?? "en", prompt: prompt,
                decoding: .unjudged)
            options.decoding.beamSize = beamSize ?? 1
            options.decoding.patience = patience ?? 1
            options.decoding.lengthPenalty = lengthPenalty
            options.decoding.usesTimestamps = withoutTimestamps != true
            options.decoding.maximumTokenCount = sampleLen
            return options
        }
    }

    struct Window: Decodable {
        let tokens: [Int]
        let avgLogprob: Double
        let noSpeechProb: Double
    }

    struct Word: Decodable {
        let word: String
        let tokens: [Int]
        let start: Double
        let end: Double
        let probability: Double
    }

    struct Signal: Decodable {
        let sampleCount: Int
        let components: [FixtureSignal.Component]
        let crc32LittleEndian: UInt32
        let languageProbabilities: [String: Double]
        let windows: [String: Window]
        let words: [String: [Word]]
    }

    static func load() throws -> WhisperReference {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(
            WhisperReference.self,
            from: Data(RepositoryFile.text("Tests/Fixtures/whisper-mini/reference.json").utf8))
    }
}

extension DecodingOptions {
    /// Greedy, tried once, believed whatever comes.
    static var unjudged: DecodingOptions {
        var options = DecodingOptions()
        options.beamSize = 1
        options.temperatureIncrement = 0
        options.compressionRatioThreshold = nil
        options.logProbabilityThreshold = nil
        options.noSpeechThreshold = nil
        return options
    }
}
