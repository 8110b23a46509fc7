/// A public model with ONNX files on the model hub.
public struct CatalogModel: Sendable, Hashable {
    /// Id by which it is pulled and used.
    public let id: String
    /// `owner/name` on the hub.
    public let repository: String
    /// Family that reads it, as ``RecognizerFamily/name`` says it.
    public let family: String
    /// ISO 639-1 codes, longer ones where there is none; in the family's own spelling.
    public let languages: [String]
    /// SPDX expression, or the licence's name.
    public let license: String
    /// Millions of weights.
    public let millionWeights: Int
    /// One line for people, where the id does not say everything.
    public let note: String

    /// Whether a family of this Parley reads it.
    public var isRunnable: Bool { FamilyCatalog.all.contains { $0.name == family } }

    /// Whether the licence forbids commercial use.
    public var isNonCommercial: Bool { license.contains("-NC") }
}

/// The public models that Parley knows by id.
///
/// Licences are those that the makers of the weights give; what is in a repository is looked up when it is pulled.
public enum ModelCatalog {
    /// All of them, smallest first within a family.
    public static let all = whisper + whisperInSherpa + others

    /// The model of an id.
    public static func model(_ id: String) -> CatalogModel? { all.first { $0.id == id } }

    /// Sizes of the checkpoints by OpenAI, in millions of weights (model card of openai/whisper).
    private static let whisperSizes = [("tiny", 39), ("base", 74), ("small", 244), ("medium", 769)]

    /// Exports for Transformers; those with cross attentions where they exist, since word times need them.
    private static let whisper =
        whisperSizes.flatMap { size, weights in
            let multilingual = entry(
                "whisper-\(size)", "onnx-community/whisper-\(size)_timestamped", "Whisper", whisperLanguages, "MIT",
                weights)
            guard size != "medium" else { return [multilingual] }
            return [
                multilingual,
                entry(
                    "whisper-\(size).en", "onnx-community/whisper-\(size).en_timestamped", "Whisper", ["en"], "MIT",
                    weights),
            ]
        } + [
            entry(
                "whisper-large-v3-turbo", "onnx-community/whisper-large-v3-turbo_timestamped", "Whisper",
                whisperLanguages + ["yue"], "MIT", 809, "does not translate"),
            entry(
                "whisper-large-v3", "onnx-community/whisper-large-v3-ONNX", "Whisper", whisperLanguages + ["yue"],
                "MIT", 1_550, "no cross attentions"),
            entry(
                "distil-whisper-large-v3.5", "distil-whisper/distil-large-v3.5-ONNX", "Whisper", ["en"], "MIT", 756,
                "no cross attentions"),
        ]

    /// The same checkpoints in the layout of k2-fsa.
    private static let whisperInSherpa =
        whisperSizes.flatMap { size, weights in
            [
                entry(
                    "sherpa-whisper-\(size)", "csukuangfj/sherpa-onnx-whisper-\(size)", "Whisper", whisperLanguages,
                    "MIT", weights, sherpaNote),
                entry(
                    "sherpa-whisper-\(size).en", "csukuangfj/sherpa-onnx-whisper-\(size).en", "Whisper", ["en"], "MIT",
                    weights, sherpaNote),
            ]
        } + [
            entry(
                "sherpa-whisper-turbo", "csukuangfj/sherpa-onnx-whisper-turbo", "Whisper", whisperLanguages + ["yue"],
                "MIT", 809, sherpaNote)
        ]

    private static let sherpaNote = "k2-fsa's layout, no cross attentions"

    private static let others = [
        entry(
            "parakeet-tdt-0.6b-v2", "istupakov/parakeet-tdt-0.6b-v2-onnx", "NeMo", ["en"], "CC-BY-4.0", 600),
        entry(
            "parakeet-tdt-0.6b-v3", "istupakov/parakeet-tdt-0.6b-v3-onnx", "NeMo", europeanLanguages, "CC-BY-4.0", 600),
        entry("parakeet-ctc-0.6b", "istupakov/parakeet-ctc-0.6b-onnx", "NeMo", ["en"], "CC-BY-4.0", 600),
        entry("canary-1b-v2", "istupakov/canary-1b-v2-onnx", "NeMo", europeanLanguages, "CC-BY-4.0", 978),
        entry(
            "canary-180m-flash", "istupakov/canary-180m-flash-onnx", "NeMo", ["de", "en", "es", "fr"], "CC-BY-4.0",
            182),
        entry("gigaam-v3", "istupakov/gigaam-v3-onnx", "GigaAM", ["ru"], "MIT", 240),
        entry(
            "mms-300m-aligner", "tatsu020/mms-300m-fa-onnx", "Wav2Vec2", [], "CC-BY-NC-4.0", 315,
            "aligns text to audio; recognises nothing"),
    ]

    private static func entry(
        _ id: String, _ repository: String, _ family: String, _ languages: [String], _ license: String,
        _ millionWeights: Int, _ note: String = ""
    ) -> CatalogModel {
        CatalogModel(
            id: id, repository: repository, family: family, languages: languages, license: license,
            millionWeights: millionWeights, note: note)
    }

    private static func codes(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

    /// The 99 languages of openai/whisper.
    private static let whisperLanguages = codes(
        """
        af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he hi hr ht hu hy \
        id is it ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc pa pl ps pt ro ru \
        sa sd si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi yo zh
        """)

    /// The 25 languages of Parakeet v3 and Canary v2.
    private static let europeanLanguages = codes(
        "bg cs da de el en es et fi fr hr hu it lt lv mt nl pl pt ro ru sk sl sv uk")
}
