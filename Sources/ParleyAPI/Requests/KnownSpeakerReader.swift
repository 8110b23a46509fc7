import Foundation
import ParleyCore

/// Turns `data:` URLs into recordings on disk and checks how long they are.
struct KnownSpeakerReader: Sendable {
    /// Seconds that a reference may last, as OpenAI has it.
    static let permittedSeconds = 2.0...10.0
    /// Containers round their lengths; a clip cut to ten seconds may decode to a little more.
    static let toleranceSeconds = 0.1
    static let field = "known_speaker_references"

    let spool: SpoolDirectory
    let decoder: any AudioDecoder
    let lane: BlockingLane

    /// The speakers, and the files that have to live as long as they are used.
    struct Speakers: Sendable {
        var speakers: [KnownSpeaker] = []
        var files: [SpoolFile] = []
    }

    /// Reads the references that belong to the names by index.
    /// - Throws: ``APIError``, ``SpoolError`` or `CancellationError`.
    func read(names: [String], references: [String]) async throws -> Speakers {
        var result = Speakers()
        for (index, (name, reference)) in zip(names, references).enumerated() {
            let file = try await spool.makeFile()
            try await file.append(try bytes(of: reference, index: index))
            try await file.finish()
            let input = AudioInput(path: file.path, displayName: "\(Self.field)[\(index)]")
            try await checkLength(of: input, index: index)
            result.speakers.append(KnownSpeaker(name: name, reference: input))
            result.files.append(file)
        }
        return result
    }

    /// The bytes of a `data:` URL in base64 (RFC 2397).
    private func bytes(of url: String, index: Int) throws -> [UInt8] {
        guard url.prefix(5).lowercased() == "data:", let comma = url.firstIndex(of: ","),
            url[..<comma].lowercased().hasSuffix(";base64"),
            let data = Data(base64Encoded: String(url[url.index(after: comma)...])), !data.isEmpty
        else {
            throw invalid(index, "is not a data URL with base64, such as 'data:audio/wav;base64,...'.")
        }
        return [UInt8](data)
    }

    private func checkLength(of input: AudioInput, index: Int) async throws {
        let longest = Self.permittedSeconds.upperBound + Self.toleranceSeconds
        let seconds: Double
        do {
            seconds = try await lane.run { [decoder] in
                let reader = try decoder.open(input, track: nil)
                var sampleCount = 0
                while PCM.seconds(sampleCount: sampleCount) <= longest, let samples = try reader.next() {
                    sampleCount += samples.count
                }
                return PCM.seconds(sampleCount: sampleCount)
            }
        } catch let error as AudioError where error.code != .internalFailure {
            throw invalid(index, "can't be decoded: \(error.message)")
        }
        guard seconds <= longest, seconds >= Self.permittedSeconds.lowerBound - Self.toleranceSeconds else {
            throw invalid(index, "must last 2 to 10 seconds.")
        }
    }

    private func invalid(_ index: Int, _ message: String) -> APIError {
        .invalid(Self.field, "\(Self.field)[\(index)] \(message)")
    }
}
