import Foundation
import ParleyCore
import ParleyScoring

/// Reads the files of `parley score`.
enum ScoringFiles {
    /// More than a thousand hours of turns take.
    private static let sizeLimit = 256 << 20

    static func turns(_ paths: [String]) throws -> [String: [SpeakerTurn]] {
        try merged(paths) { try RTTMReader.turns(of: $0) }
    }

    static func regions(_ path: String) throws -> [String: [TimeSpan]] { try UEMReader.regions(of: read(path)) }

    static func referenceTexts(_ paths: [String]) throws -> [String: [SpokenTurn]] {
        try merged(paths) { try STMReader.turns(of: $0) }
    }

    /// Texts of a program's answer; JSON is told from STM by its first character.
    static func texts(_ paths: [String]) throws -> [String: [SpokenTurn]] {
        try paths.reduce(into: [:]) { all, path in
            let file = try read(path)
            let first = file.text.utf8.first { $0 > 0x20 }
            let isJSON = first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
            let turns =
                isJSON
                ? try TranscriptJSONReader.turns(of: file, recording: recordingName(path))
                : try STMReader.turns(of: file)
            all.merge(turns, uniquingKeysWith: +)
        }
    }

    private static func merged<Entry>(
        _ paths: [String], _ parse: (AnnotationFile) throws -> [String: [Entry]]
    ) throws -> [String: [Entry]] {
        try paths.reduce(into: [:]) { all, path in all.merge(try parse(read(path)), uniquingKeysWith: +) }
    }

    /// The file's name without its extension, and without the name of one of Parley's formats before that.
    private static func recordingName(_ path: String) -> String {
        let stem = InputPlan.stem(path)
        for ending in [".diarized", ".verbose"] where stem.hasSuffix(ending) && stem != ending {
            return String(stem.dropLast(ending.count))
        }
        return stem
    }

    private static func read(_ path: String) throws -> AnnotationFile {
        let name = (path as NSString).lastPathComponent.safeForTerminals
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            let data = try handle.read(upToCount: sizeLimit + 1) ?? Data()
            guard data.count <= sizeLimit else {
                throw ScoringError(.tooLarge, "files above \(sizeLimit >> 20) MiB are not scored", fileName: name)
            }
            return try AnnotationFile(name: name, bytes: data)
        } catch let error as ScoringError {
            throw error
        } catch {
            throw CommandFailure(.missingInput, "\(name): the file can't be read", cause: String(describing: error))
        }
    }
}
