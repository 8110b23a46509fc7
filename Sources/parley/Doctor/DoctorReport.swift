import ParleyAPI

/// What `parley doctor` says: a pure function of the facts and the settings.
struct DoctorReport: Sendable, Hashable {
    /// How good a finding is.
    enum Status: String, Sendable, CaseIterable {
        case ok
        case warning
        case problem
    }

    /// One line of the report.
    struct Finding: Sendable, Hashable {
        let status: Status
        /// What was looked at.
        let subject: String
        /// What was found.
        let detail: String
        /// How to mend it; nil when nothing is to be mended.
        var remedy: String?
    }

    let findings: [Finding]

    /// Whether Parley can work.
    var isUsable: Bool { !findings.contains { $0.status == .problem } }

    init(_ facts: SystemFacts, _ settings: Settings) {
        findings =
            Self.program(facts) + Self.machine(facts, settings) + Self.libraries(facts)
            + Self.models(facts, settings) + [
                Self.port(facts.port, settings), Self.sample(facts), Self.graphics(facts),
            ]
    }

    /// One line for each finding, the remedy below it.
    var text: String {
        let column = findings.map(\.subject.count).max() ?? 0
        let lines = findings.map { finding in
            let head =
                "\(finding.status.rawValue.padding(to: 8)) \(finding.subject.padding(to: column))  \(finding.detail)\n"
            let remedy = finding.remedy.map { String(repeating: " ", count: 9 + column + 2) + "-> \($0)\n" } ?? ""
            return head + remedy
        }
        return lines.joined() + (isUsable ? "Parley is ready.\n" : "Parley can't work until the problems are mended.\n")
    }

    /// The same for programs.
    var json: JSONValue {
        [
            "usable": .bool(isUsable),
            "findings": .array(
                findings.map { finding in
                    [
                        "status": .string(finding.status.rawValue), "subject": .string(finding.subject),
                        "detail": .string(finding.detail), "remedy": finding.remedy.map { .string($0) } ?? .null,
                    ]
                }),
        ]
    }

    private static func program(_ facts: SystemFacts) -> [Finding] {
        [
            Finding(status: .ok, subject: "Parley", detail: ParleyVersion.current),
            Finding(
                status: .ok, subject: "Swift",
                detail: "compiled with \(ParleyVersion.compiler), runtime \(facts.swiftRuntime)"),
        ]
    }

    private static func machine(_ facts: SystemFacts, _ settings: Settings) -> [Finding] {
        [
            Finding(status: .ok, subject: "processors", detail: "\(facts.coreCount)"), memory(facts),
            disk(facts, settings),
        ]
    }

    private static func memory(_ facts: SystemFacts) -> Finding {
        guard let total = facts.memoryBytes else {
            return Finding(status: .warning, subject: "memory", detail: "unknown")
        }
        let free = facts.availableMemoryBytes.map { ", \(ByteCount.rounded($0)) free" } ?? ""
        let detail = ByteCount.rounded(total) + free
        guard facts.availableMemoryBytes ?? total < 1 << 30 else {
            return Finding(status: .ok, subject: "memory", detail: detail)
        }
        return Finding(
            status: .warning, subject: "memory", detail: detail,
            remedy: "the bundled models need about 1 GiB; fewer decoders (PARLEY_DECODERS) need less")
    }

    private static func disk(_ facts: SystemFacts, _ settings: Settings) -> Finding {
        let folder = settings.models.dataDirectory
        guard facts.isDataFolderWritable else {
            return Finding(
                status: .warning, subject: "data folder", detail: "\(folder) can't be written to",
                remedy: "give this user the right, or name another folder with --data-dir")
        }
        guard let free = facts.freeDiskBytes else {
            return Finding(status: .warning, subject: "data folder", detail: "\(folder), free space unknown")
        }
        let detail = "\(folder), \(ByteCount.rounded(free)) free"
        guard free < 1 << 30 else { return Finding(status: .ok, subject: "data folder", detail: detail) }
        return Finding(
            status: .warning, subject: "data folder", detail: detail,
            remedy: "free some space, or name another folder with --data-dir")
    }

    private static func libraries(_ facts: SystemFacts) -> [Finding] {
        let inference: Finding
        switch facts.inference {
        case .success(let library):
            let providers = library.providers.joined(separator: ", ")
            inference = Finding(
                status: .ok, subject: "ONNX Runtime", detail: "\(library.version) (\(providers)) at \(library.path)")
        case .failure(let failure):
            inference = Finding(
                status: .problem, subject: "ONNX Runtime", detail: failure.message,
                remedy: "run make setup, or name a library with --onnxruntime-library")
        }
        return [inference]
            + facts.libraries.map { Finding(status: .ok, subject: $0.name, detail: "\($0.version) at \($0.path)") }
    }

    private static func models(_ facts: SystemFacts, _ settings: Settings) -> [Finding] {
        let missing = facts.missingPocketSphinxFiles
        let words = Finding(
            status: missing.isEmpty ? .ok : .problem, subject: "PocketSphinx model",
            detail: settings.models.pocketSphinxModel
                + (missing.isEmpty ? "" : " lacks \(missing.joined(separator: ", "))"),
            remedy: missing.isEmpty
                ? nil : "install the package pocketsphinx-en-us, or name a folder with --pocketsphinx-model")
        return [words]
            + facts.pulledModels.map(pulledModel)
            + facts.modelFiles.map { file in
                switch file.state {
                case .intact: Finding(status: .ok, subject: "model file", detail: "\(file.name), checksum as expected")
                case .missing:
                    Finding(
                        status: .problem, subject: "model file", detail: "\(file.name) is missing",
                        remedy: "run make setup")
                case .damaged:
                    Finding(
                        status: .problem, subject: "model file", detail: "\(file.name) is damaged",
                        remedy: "delete it and run make setup")
                }
            }
    }

    private static func pulledModel(_ model: SystemFacts.PulledModel) -> Finding {
        let count = NumberText.counted(model.fileCount, "file")
        guard !model.wrongFiles.isEmpty else {
            return Finding(status: .ok, subject: "model", detail: "\(model.id), \(count), checksums as expected")
        }
        return Finding(
            status: .warning, subject: "model",
            detail: "\(model.id): missing or damaged: \(model.wrongFiles.joined(separator: ", "))",
            remedy: "run parley models pull \(model.id), which fetches these again")
    }

    private static func port(_ port: SystemFacts.Port, _ settings: Settings) -> Finding {
        let address = "\(settings.server.host) port \(settings.server.port)"
        return switch port {
        case .free: Finding(status: .ok, subject: "address", detail: "\(address) is free")
        case .refused(let reason):
            Finding(
                status: .warning, subject: "address", detail: "\(address): \(reason)",
                remedy: "parley serve needs another one: --port N or --host ADDRESS")
        }
    }

    private static func sample(_ facts: SystemFacts) -> Finding {
        guard facts.hasSample else {
            return Finding(
                status: .warning, subject: "sample", detail: "no sample dialogue", remedy: "run make setup")
        }
        return Finding(status: .ok, subject: "sample", detail: "the sample dialogue is there")
    }

    private static func graphics(_ facts: SystemFacts) -> Finding {
        guard let driver = facts.nvidiaDriver else {
            return Finding(status: .ok, subject: "NVIDIA", detail: "no driver; inference runs on the processor")
        }
        let devices = facts.nvidiaDevices.isEmpty ? "no device" : facts.nvidiaDevices.joined(separator: ", ")
        return Finding(
            status: .ok, subject: "NVIDIA",
            detail: "driver \(driver), \(devices); not used, this version runs on the processor")
    }
}
