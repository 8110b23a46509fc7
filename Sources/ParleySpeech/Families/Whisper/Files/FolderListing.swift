import Foundation
import ParleyInference

/// The ONNX files of a folder, sorted into the layouts of Whisper exports.
struct FolderListing: Sendable {
    /// Full path by file name; the folder itself comes before `onnx/` below it.
    private let paths: [String: String]
    /// Names of models in k2-fsa's layout, sorted.
    let sherpaNames: [String]

    /// What follows the name of a network, best first.
    private static let suffixes: [WeightPrecision: (huggingFace: [String], sherpa: [String])] = [
        .float32: ([""], [""]), .float16: (["_fp16"], [".fp16"]), .int8: (["_int8", "_quantized", "_q8"], [".int8"]),
    ]

    /// Lists a folder; one that can't be read has no files.
    init(_ directory: String) {
        var paths: [String: String] = [:]
        for folder in [directory, directory + "/onnx"] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            for name in names where name.hasSuffix(".onnx") && paths[name] == nil { paths[name] = folder + "/" + name }
        }
        self.paths = paths
        let endings = Self.suffixes.values.flatMap(\.sherpa).flatMap { ["-encoder\($0).onnx", "-decoder\($0).onnx"] }
        let names = paths.keys.compactMap { name in
            endings.first { name.hasSuffix($0) && name.count > $0.count }.map { String(name.dropLast($0.count)) }
        }
        sherpaNames = Set(names).sorted()
    }

    /// The layout that the names show; nil when they show none.
    var layout: WhisperFolder.Layout? {
        let isHuggingFace = paths.keys.contains { $0.hasPrefix("encoder_model") || $0.hasPrefix("decoder_model") }
        if isHuggingFace { return .huggingFace }
        return sherpaNames.first.map { .sherpa(name: $0) }
    }

    /// The complete networks by precision.
    func networks(_ layout: WhisperFolder.Layout) -> [WeightPrecision: WhisperFolder.Networks] {
        var networks: [WeightPrecision: WhisperFolder.Networks] = [:]
        for (precision, suffixes) in Self.suffixes {
            switch layout {
            case .huggingFace: networks[precision] = huggingFace(suffixes.huggingFace)
            case .sherpa(let name):
                guard let encoder = path("\(name)-encoder", suffixes.sherpa),
                    let decoder = path("\(name)-decoder", suffixes.sherpa)
                else { continue }
                networks[precision] = .sherpa(encoder: encoder, decoder: decoder)
            }
        }
        return networks
    }

    private func huggingFace(_ suffixes: [String]) -> WhisperFolder.Networks? {
        guard let encoder = path("encoder_model", suffixes) else { return nil }
        if let decoder = path("decoder_model_merged", suffixes) { return .merged(encoder: encoder, decoder: decoder) }
        guard let first = path("decoder_model", suffixes), let next = path("decoder_with_past_model", suffixes)
        else { return nil }
        return .pair(encoder: encoder, first: first, next: next)
    }

    /// The file to name when nothing is complete: what the most complete precision lacks.
    func missingFile(_ layout: WhisperFolder.Layout) -> String {
        let precisions = WeightPrecision.allCases
        let wanted = precisions.flatMap { precision -> [[String]] in
            guard let suffixes = Self.suffixes[precision] else { return [] }
            switch layout {
            case .huggingFace:
                return suffixes.huggingFace.flatMap { suffix in
                    [
                        ["encoder_model\(suffix)", "decoder_model_merged\(suffix)"],
                        ["encoder_model\(suffix)", "decoder_model\(suffix)", "decoder_with_past_model\(suffix)"],
                    ]
                }
            case .sherpa(let name): return suffixes.sherpa.map { ["\(name)-encoder\($0)", "\(name)-decoder\($0)"] }
            }
        }
        let missing = wanted.map { $0.filter { path($0, [""]) == nil } }
        return (missing.min { $0.count < $1.count }?.first ?? "encoder_model") + ".onnx"
    }

    /// Files that hold the weights of a network which is too large for one ONNX file.
    ///
    /// optimum writes `x.onnx_data` (and `x.onnx_data_1`, ...), others `x.onnx.data`, k2-fsa `x.weights`.
    static func externalData(of path: String) -> [String] {
        let url = URL(fileURLWithPath: path)
        let folder = url.deletingLastPathComponent().path
        let name = url.lastPathComponent
        let stem = String(name.dropLast(".onnx".count))
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasPrefix(name + "_data") || $0 == name + ".data" || $0 == stem + ".weights" }
            .map { folder + "/" + $0 }
    }

    /// The first of a network's files that is there and not empty.
    private func path(_ name: String, _ suffixes: [String]) -> String? {
        for suffix in suffixes {
            if let path = paths[name + suffix + ".onnx"], (WhisperFile.byteCount(path: path) ?? 0) > 0 { return path }
        }
        return nil
    }
}
