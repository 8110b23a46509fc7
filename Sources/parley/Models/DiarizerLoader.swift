import Foundation
import ParleyCore
import ParleyInference
import ParleySpeech

/// Loads what tells speakers apart: the bundled networks, or those of the settings.
struct DiarizerLoader: Sendable {
    let settings: DiarizationSettings
    /// Folder of the bundled networks.
    let bundledFolder: String
    let threadCount: Int

    /// Blocking.
    /// - Throws: ``InferenceError``, with a sentence that says what to do.
    func diarizer(_ decoder: any AudioDecoder, on machine: InferenceMachine) throws(InferenceError) -> OfflineDiarizer {
        let segmentation = settings.segmentationModel ?? "\(bundledFolder)/segmentation.onnx"
        let encoder = try settings.embeddingModel.map(SpeakerEncoders.file) ?? "\(bundledFolder)/speaker_encoder.onnx"
        var networks: [DiarizationNetworks] = []
        for device in machine.devices {
            let options = SessionOptions(device: device)
            networks.append(
                DiarizationNetworks(
                    segmentation: try machine.runtime.loadModel(
                        path: segmentation, name: "segmentation", options: options),
                    encoder: try machine.runtime.loadModel(path: encoder, name: "speaker_encoder", options: options),
                    isOnGPU: device.gpuIndex != nil))
        }
        var options = OfflineDiarizerOptions()
        options.acceptance = settings.knownSpeakerThreshold
        options.step = settings.step
        options.onset = settings.onset
        options.offset = settings.offset
        options.clustering = settings.clustering
        options.clusteringThreshold = settings.clusteringThreshold
        options.pldaDirectory =
            settings.pldaFolder ?? URL(fileURLWithPath: encoder).deletingLastPathComponent().path
        return try OfflineDiarizer(networks, decoder: decoder, options: options, threadCount: threadCount)
    }
}
