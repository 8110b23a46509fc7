/// The settings of diarization.
extension SettingsTable {
    static let diarization: [Setting] = [
        Setting(
            "diarize", .switchedOn, \.diarization.isDefault, scope: .transcribe, "Find out who spoke"),
        Setting(
            "known_speaker_threshold", .automaticNumber(0...1), \.diarization.knownSpeakerThreshold,
            automatic: "the value that suits the speaker model",
            "Similarity that a voice must reach to be given a known speaker's name; higher rejects more strangers"),
        Setting(
            "speaker_profiles", .switchedOn, \.diarization.keepsProfiles, scope: .serve,
            "Let clients store voices on this machine and have them recognised; voices are personal data"),
        Setting(
            "max_speaker_profiles", .integer(1...10_000), \.diarization.maximumProfileCount, scope: .enrolment,
            "Most voices that are stored"),
        Setting(
            "segmentation_model", .automaticPath, \.diarization.segmentationModel, scope: .inference,
            automatic: "the bundled one",
            "Network that finds the voices in a window: the path of an .onnx file, pyannote segmentation-3.0 for one"),
        Setting(
            "embedding_model", .automaticPath, \.diarization.embeddingModel, scope: .inference,
            automatic: "the bundled one",
            "Network that turns a voice into a vector: the path of an .onnx file"),
        Setting(
            "clustering", .choice, \.diarization.clustering,
            "How voices are divided among people; `automatic` takes `vbx` where the speaker model brings its PLDA"),
        Setting(
            "clustering_threshold", .automaticNumber(0...2), \.diarization.clusteringThreshold,
            automatic: "the value that suits the speaker model",
            "Cosine distance up to which voices are one person's, for `linkage` and `centroid`; smaller finds more people"
        ),
        Setting(
            "plda_folder", .automaticPath, \.diarization.pldaFolder, automatic: "the folder of the speaker model",
            "Folder with `xvec_transform.npz` and `plda.npz`, which `vbx` needs"),
        Setting(
            "diarization_step", .number(0.05...1), \.diarization.step,
            "Step from one segmentation window to the next as a share of the window; smaller is slower and surer"),
        Setting(
            "diarization_onset", .number(0...1), \.diarization.onset, "Probability at which a turn begins"),
        Setting(
            "diarization_offset", .automaticNumber(0...1), \.diarization.offset,
            automatic: "the value that suits the segmentation model", "Probability below which a turn ends"),
    ]
}
