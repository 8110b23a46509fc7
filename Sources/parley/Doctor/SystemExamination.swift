import Foundation
import ParleyHub
import ParleyInference

/// Looks at the machine: `/proc`, `/sys`, the file system, the port (blocking).
struct SystemExamination: Sendable {
    private let settings: Settings

    init(_ settings: Settings) { self.settings = settings }

    /// Everything but the libraries, which their adapters know about.
    func facts() -> SystemFacts {
        let model = BundledModel(settings.models)
        var facts = SystemFacts()
        facts.coreCount = AvailableCores.count()
        (facts.memoryBytes, facts.availableMemoryBytes) = memory()
        (facts.freeDiskBytes, facts.isDataFolderWritable) = disk()
        let mapped = MappedLibraries.paths(SystemFile.text("/proc/self/maps") ?? "")
        facts.swiftRuntime = mapped.first { $0.hasSuffix("libswiftCore.so") } ?? "linked in"
        facts.libraries = MappedLibraries.libraries(mapped)
        facts.missingPocketSphinxFiles = missingPocketSphinxFiles()
        facts.modelFiles = model.verify().map { .init(name: $0.file, state: $0.state) }
        facts.pulledModels = InstalledModels(dataDirectory: settings.models.dataDirectory).all()
            .filter { $0.manifest != nil }
            .map { model in
                let files = model.verify()
                let wrong = files.filter { $0.state != .intact }.map(\.path)
                return .init(id: model.id, fileCount: files.count, wrongFiles: wrong)
            }
        facts.port = PortCheck.state(host: settings.server.host, port: settings.server.port)
        facts.hasSample = FileManager.default.isReadableFile(atPath: model.samplePath)
        facts.nvidiaDriver = nvidiaDriver()
        facts.nvidiaDevices = nvidiaDevices()
        return facts
    }

    private func memory() -> (total: Int?, available: Int?) {
        let values = SystemFile.fields("/proc/meminfo")
        let total = values["MemTotal"].map { $0 * 1_024 }
        let available = values["MemAvailable"].map { $0 * 1_024 }
        guard let limit = SystemFile.text("/sys/fs/cgroup/memory.max").flatMap({ Int($0) }) else {
            return (total, available)
        }
        let used = SystemFile.text("/sys/fs/cgroup/memory.current").flatMap { Int($0) } ?? 0
        let room = max(0, limit - used)
        return (total.map { min($0, limit) } ?? limit, available.map { min($0, room) } ?? room)
    }

    private func disk() -> (free: Int?, isWritable: Bool) {
        var folder = settings.models.dataDirectory
        while !FileManager.default.fileExists(atPath: folder), folder != "/", !folder.isEmpty {
            folder = (folder as NSString).deletingLastPathComponent
        }
        if folder.isEmpty { folder = "." }
        var figures = statvfs()
        let free = statvfs(folder, &figures) == 0 ? Int(figures.f_bavail) * Int(figures.f_frsize) : nil
        return (free, access(folder, W_OK | X_OK) == 0)
    }

    private func missingPocketSphinxFiles() -> [String] {
        let files = ["en-us/mdef", "en-us/means", "en-us/variances", "cmudict-en-us.dict", "en-us.lm.bin"]
        return files.filter {
            !FileManager.default.isReadableFile(atPath: settings.models.pocketSphinxModel + "/" + $0)
        }
    }

    private func nvidiaDriver() -> String? {
        let words = SystemFile.text("/proc/driver/nvidia/version")?.split(whereSeparator: \.isWhitespace) ?? []
        return words.first { $0.first?.isNumber == true && $0.contains(".") }.map(String.init)
    }

    private func nvidiaDevices() -> [String] {
        let root = "/proc/driver/nvidia/gpus"
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return folders.sorted().compactMap { folder in
            let lines = SystemFile.text("\(root)/\(folder)/information")?.split(separator: "\n") ?? []
            return lines.first { $0.hasPrefix("Model:") }.map { String($0.dropFirst(6).trimmingBlanks) }
        }
    }
}

/// Small files of the kernel.
enum SystemFile {
    /// The text without blanks at its ends; nil when there is no such file.
    static func text(_ path: String) -> String? {
        // Kernel files claim a size of 0 and come in pieces; `FileManager.contents` would stop after the first.
        guard let data = try? FileHandle(forReadingAtPath: path)?.readToEnd() else { return nil }
        return String(String(decoding: data, as: UTF8.self).trimmingBlanks)
    }

    /// Lines such as `MemTotal:  16 kB` by name.
    static func fields(_ path: String) -> [String: Int] {
        var fields: [String: Int] = [:]
        for line in (text(path) ?? "").split(separator: "\n") {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count >= 2, words[0].hasSuffix(":"), let value = Int(words[1]) else { continue }
            fields[String(words[0].dropLast())] = value
        }
        return fields
    }
}
