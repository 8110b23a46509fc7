import CPocketSphinx
import Foundation
import ParleyCore

/// One PocketSphinx decoder: owns the C object and decodes one window at a time.
///
/// PocketSphinx adapts its cepstral mean and its noise estimate from utterance to utterance, so that a result would
/// depend on what the decoder heard before. Here the library's own mean normalisation is off: the window's features
/// are computed first, normalised over the whole window, and then searched block by block. The same window gives the
/// same words on every decoder, and a cancelled request stops within a block.
final class SphinxDecoder: @unchecked Sendable {  // invariant: the pool hands a decoder to one thread at a time
    /// Feature frames per second; the front end's default.
    private static let framesPerSecond = 100.0
    /// Frames searched between two looks at the cancellation flag: one second.
    private static let blockFrameCount = 100

    private let decoder: OpaquePointer
    private let frontEnd: OpaquePointer
    private let logMath: OpaquePointer
    private let normalization: CepstralMeanNormalization

    /// Loads the acoustic model, dictionary and language model.
    ///
    /// Blocking: about a second.
    /// - Throws: ``RecognitionError`` with `modelUnavailable`.
    init(files: PocketSphinxFiles) throws(RecognitionError) {
        cpocketsphinx_silence_log()
        let arguments = [
            "-hmm", files.acousticModel, "-dict", files.dictionary, "-lm", files.languageModel,
            // Frames must stay where they are, or the word times drift: no silence removal in the front end.
            "-remove_silence", "no", "-remove_noise", "yes", "-dither", "no", "-cmn", "none",
            // A tenth of the default. On 14 real and 28 synthesised utterances the words stayed the same to the last
            // one, in 58% and 75% of the time.
            "-maxhmmpf", "3000",
        ]
        let pointers = arguments.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        var argv = pointers
        let config = argv.withUnsafeMutableBufferPointer { buffer in
            cmd_ln_parse_r(nil, ps_args(), Int32(buffer.count), buffer.baseAddress, 1)
        }
        guard let config else {
            throw RecognitionError(.modelUnavailable, "PocketSphinx refused its configuration.")
        }
        defer { cmd_ln_free_r(config) }
        guard let decoder = ps_init(config) else {
            throw RecognitionError(
                .modelUnavailable,
                "PocketSphinx could not load its English model; reinstall the package pocketsphinx-en-us.",
                underlying: "ps_init failed for \(files.acousticModel)")
        }
        guard let frontEnd = ps_get_fe(decoder), let logMath = ps_get_logmath(decoder),
            let features = ps_get_feat(decoder)
        else {
            ps_free(decoder)
            throw RecognitionError(.modelUnavailable, "PocketSphinx came up without a front end.")
        }
        // The model's own feat.params asks for batch normalisation, which becomes a running mean in block-wise search.
        features.pointee.cmn = CMN_NONE
        self.decoder = decoder
        self.frontEnd = frontEnd
        self.logMath = logMath
        normalization = CepstralMeanNormalization(
            width: Int(fe_get_output_size(frontEnd)), priorMean: files.priorCepstralMean)
    }

    deinit { ps_free(decoder) }

    /// Decodes one window from scratch.
    /// - Returns: The words in order, times in seconds from the window's start.
    /// - Throws: ``RecognitionError`` or `CancellationError`.
    func decode(_ samples: [Float], cancellation: CancellationFlag) throws -> [Word] {
        try cancellation.check()
        var cepstra = try features(of: samples)
        guard !cepstra.isEmpty else { return [] }
        normalization.apply(to: &cepstra)
        guard ps_start_utt(decoder) == 0 else { throw failure("could not start an utterance") }
        do {
            try search(&cepstra, cancellation: cancellation)
        } catch {
            ps_end_utt(decoder)
            throw error
        }
        guard ps_end_utt(decoder) == 0 else { throw failure("could not end an utterance") }
        return words()
    }

    /// Mel-frequency cepstra, flat `[frame][coefficient]`.
    private func features(of samples: [Float]) throws -> [mfcc_t] {
        let pcm = samples.map { Int16(max(-32_768, min(32_767, ($0 * 32_767).rounded()))) }
        fe_start_stream(frontEnd)  // forget the noise estimate of the last window
        guard fe_start_utt(frontEnd) == 0 else { throw failure("could not start the front end") }
        var frameCount: Int32 = 0
        var rows: UnsafeMutablePointer<UnsafeMutablePointer<mfcc_t>?>?
        let status = pcm.withUnsafeBufferPointer { buffer in
            fe_process_utt(frontEnd, buffer.baseAddress, buffer.count, &rows, &frameCount)
        }
        defer { if let rows { fe_free_2d(rows) } }
        let width = Int(fe_get_output_size(frontEnd))
        var last = [mfcc_t](repeating: 0, count: width)
        var lastCount: Int32 = 0
        fe_end_utt(frontEnd, &last, &lastCount)
        guard status >= 0 else { throw failure("the front end refused the samples") }
        guard frameCount > 0, let first = rows?.pointee else { return [] }
        // fe_process_utt allocates all rows in one block.
        return Array(UnsafeBufferPointer(start: first, count: Int(frameCount) * width))
    }

    private func search(_ cepstra: inout [mfcc_t], cancellation: CancellationFlag) throws {
        let width = normalization.width
        let frameCount = cepstra.count / width
        var frame = 0
        while frame < frameCount {
            try cancellation.check()
            let blockCount = min(Self.blockFrameCount, frameCount - frame)
            let status = cepstra.withUnsafeMutableBufferPointer { buffer in
                var rows: [UnsafeMutablePointer<mfcc_t>?] = (0..<blockCount).map { row in
                    buffer.baseAddress.map { $0 + (frame + row) * width }
                }
                return ps_process_cep(decoder, &rows, Int32(blockCount), 0, 0)
            }
            guard status >= 0 else { throw failure("the search failed") }
            frame += blockCount
        }
    }

    private func words() -> [Word] {
        var words: [Word] = []
        var iterator = ps_seg_iter(decoder)
        while let segment = iterator {
            var startFrame: Int32 = 0
            var endFrame: Int32 = 0
            ps_seg_frames(segment, &startFrame, &endFrame)
            if let spelling = ps_seg_word(segment), let text = Self.displayedWord(String(cString: spelling)) {
                let posterior = logmath_exp(logMath, ps_seg_prob(segment, nil, nil, nil))
                words.append(
                    Word(
                        text: text,
                        span: TimeSpan(
                            startSeconds: Double(startFrame) / Self.framesPerSecond,
                            endSeconds: Double(endFrame + 1) / Self.framesPerSecond),
                        probability: min(1, max(0, posterior))))
            }
            iterator = ps_seg_next(segment)
        }
        return words
    }

    /// The spelling without its pronunciation number (`the(2)`); nil for silences, noises and sentence marks.
    static func displayedWord(_ entry: String) -> String? {
        guard let first = entry.first, !"<[+".contains(first) else { return nil }
        return entry.firstIndex(of: "(").map { String(entry[..<$0]) } ?? entry
    }

    private func failure(_ what: String) -> RecognitionError {
        RecognitionError(
            .decodingFailed, "The recogniser failed on this recording.", underlying: "PocketSphinx: \(what)")
    }
}
