import Foundation
import ParleyCore

/// The files of the English PocketSphinx model, checked before the library sees them.
///
/// The library ends the process on some damaged files, so everything that can be checked is checked here.
struct PocketSphinxFiles: Sendable {
    /// Folder of the acoustic model.
    let acousticModel: String
    /// Pronunciation dictionary.
    let dictionary: String
    /// Trigram language model.
    let languageModel: String
    /// Mean cepstrum that the model's authors give; empty when they give none.
    let priorCepstralMean: [Float]

    /// Looks the files up in a folder laid out as Debian's `pocketsphinx-en-us`.
    /// - Throws: ``RecognitionError`` with `modelUnavailable`, naming the missing file.
    init(directory: String) throws(RecognitionError) {
        let acousticModel = directory + "/en-us"
        let dictionary = directory + "/cmudict-en-us.dict"
        let languageModel = directory + "/en-us.lm.bin"
        let parts = ["mdef", "means", "variances", "transition_matrices", "feat.params"]
        for path in parts.map({ acousticModel + "/" + $0 }) + [dictionary, languageModel] {
            let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size]) as? Int ?? 0
            guard size > 0, FileManager.default.isReadableFile(atPath: path) else {
                throw RecognitionError(
                    .modelUnavailable,
                    "The English model of PocketSphinx is not complete; install the package pocketsphinx-en-us.",
                    underlying: "missing, empty or unreadable: \(path)")
            }
        }
        self.acousticModel = acousticModel
        self.dictionary = dictionary
        self.languageModel = languageModel
        priorCepstralMean = Self.priorMean(featureParameters: acousticModel + "/feat.params")
    }

    /// Reads `-cmninit` from the model's feature parameters.
    private static func priorMean(featureParameters path: String) -> [Float] {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
        let fields = text.split(whereSeparator: \.isWhitespace)
        guard let key = fields.firstIndex(of: "-cmninit"), key + 1 < fields.endIndex else { return [] }
        return fields[key + 1].split(separator: ",").compactMap { Float($0) }
    }
}
