import Foundation
import ParleyCore
import ParleyInference

/// The files of a Whisper model in a folder, in whichever public layout.
///
/// - Hugging Face (optimum, onnx-community): `encoder_model*.onnx` and either `decoder_model_merged*.onnx` or the pair
///   `decoder_model*.onnx` and `decoder_with_past_model*.onnx`, in the folder or in `onnx/` below it.
/// - k2-fsa (sherpa): `<name>-encoder*.onnx`, `<name>-decoder*.onnx` and `<name>-tokens.txt`.
struct WhisperFolder: Sendable {
    /// The networks of a model, by their full paths.
    enum Networks: Sendable, Hashable {
        /// One decoder that runs with and without a cache (Hugging Face `decoder_model_merged`).
        case merged(encoder: String, decoder: String)
        /// A decoder for the first step and one for the others (`decoder_model`, `decoder_with_past_model`).
        case pair(encoder: String, first: String, next: String)
        /// k2-fsa's export with caches of fixed length.
        case sherpa(encoder: String, decoder: String)

        /// All files, without the external data beside them.
        var paths: [String] {
            switch self {
            case .merged(let encoder, let decoder), .sherpa(let encoder, let decoder): [encoder, decoder]
            case .pair(let encoder, let first, let next): [encoder, first, next]
            }
        }
    }

    /// Where the files are called what.
    enum Layout: Sendable, Hashable {
        case huggingFace
        /// - Parameter name: What the names of all files start with, such as `tiny.en`.
        case sherpa(name: String)
    }

    /// The model's folder.
    let directory: String
    /// The layout that the file names show.
    let layout: Layout
    private let networksByPrecision: [WeightPrecision: Networks]

    /// Whether a folder looks like one of these, judged by the names of its files.
    static func matches(directory: String) -> Bool { FolderListing(directory).layout != nil }

    /// Looks the files up.
    /// - Throws: ``RecognitionError`` with `modelUnavailable`, naming the file that is missing and what to do.
    init(directory: String) throws(RecognitionError) {
        let listing = FolderListing(directory)
        guard let layout = listing.layout else {
            throw RecognitionError(
                .modelUnavailable,
                "The folder holds no Whisper model: neither encoder_model.onnx nor <name>-encoder.onnx is in it; "
                    + WhisperFile.mend + ".", underlying: directory)
        }
        if case .sherpa = layout, listing.sherpaNames.count > 1 {
            throw RecognitionError(
                .modelUnavailable,
                "The folder holds several Whisper models (\(listing.sherpaNames.prefix(4).joined(separator: ", "))); "
                    + "give each a folder of its own.", underlying: directory)
        }
        self.directory = directory
        self.layout = layout
        networksByPrecision = listing.networks(layout)
        guard !networksByPrecision.isEmpty else {
            throw RecognitionError(
                .modelUnavailable, "\(listing.missingFile(layout)) is missing or empty; \(WhisperFile.mend).",
                underlying: directory)
        }
    }

    /// What is complete in the folder.
    var precisions: [WeightPrecision] { WeightPrecision.allCases.filter { networksByPrecision[$0] != nil } }

    /// The networks of one precision; nil unless all are there.
    func networks(_ precision: WeightPrecision) -> Networks? { networksByPrecision[precision] }

    /// Bytes of the networks of one precision with their external data; 0 unless all are there.
    func byteCount(_ precision: WeightPrecision) -> Int {
        guard let paths = networks(precision)?.paths else { return 0 }
        return paths.flatMap { [$0] + FolderListing.externalData(of: $0) }
            .reduce(0) { $0 + (WhisperFile.byteCount(path: $1) ?? 0) }
    }
}
