import Foundation
import ParleyAPI
import ParleyCore
import ParleyPipeline

/// `parley speakers enrol NAME FILE`, `list`, `remove NAME|ID`.
enum SpeakersCommand {
    static let command = Command(
        "speakers", operands: "enrol NAME FILE | list | remove NAME|ID",
        options: [
            .flag("json", "Print JSON"),
            .flag("keep", "enrol: keep an earlier voice of that name and fail"),
            .flag("quiet", short: "q", "No notes; errors are still shown"),
        ],
        settings: .speakers, summary: "Store voices, list them, forget them",
        discussion: [
            """
            A stored voice is recognised in later recordings with --speaker-profiles. FILE is 2 to 30 seconds in \
            which only that person speaks; what comes later is not listened to. The data folder keeps a list of \
            numbers that tells voices apart, not the recording. Voices are personal data: ask before you store one. \
            Servers use stored voices only with the setting speaker_profiles.
            """
        ]
    ) { invocation in
        let operands = invocation.arguments.operands
        switch (operands.first, operands.count) {
        case ("enrol", 3): return try await enrol(operands[1], operands[2], invocation)
        case ("list", 1): return try await list(invocation)
        case ("remove", 2): return try await remove(operands[1], invocation)
        case ("enrol", _): throw UsageError("speakers enrol needs a name and a file")
        case ("remove", _): throw UsageError("speakers remove needs one name or id")
        case ("list", _): throw UsageError("unexpected operand \(operands[1])")
        case (nil, _): throw UsageError("speakers needs an operand: enrol NAME FILE, list or remove NAME|ID")
        case (let word?, _): throw UsageError.unknown("operand", word, among: ["enrol", "list", "remove"])
        }
    }

    private static func store(_ invocation: Invocation) -> any VoiceProfileStore {
        invocation.composition.voices(invocation.settings, SpeakerProfilesOption.warn(invocation.console))
    }

    private static func enrol(_ text: String, _ path: String, _ invocation: Invocation) async throws -> ExitCode {
        let name = try VoiceProfileName(text)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
            throw CommandFailure(.missingInput, "\(path): no such file")
        }
        let diarizer = try await invocation.composition.diarizer(invocation.settings)
        let input = AudioInput(path: path, displayName: (path as NSString).lastPathComponent)
        let profile = try await VoiceEnrolment(store: store(invocation), diarizer: diarizer)
            .enrol(name, from: input, replaces: !invocation.arguments.flag("keep"))
        if invocation.arguments.flag("json") {
            try invocation.printJSON(profile.json)
        } else if !invocation.arguments.flag("quiet") {
            let seconds = NumberText.fixed(profile.print.speechSeconds, 1)
            try invocation.console.print("\(name) is stored as \(profile.id) (\(seconds) s of speech)\n")
        }
        return .success
    }

    private static func list(_ invocation: Invocation) async throws -> ExitCode {
        let profiles = try await store(invocation).profiles()
        if invocation.arguments.flag("json") {
            try invocation.printJSON(["object": "list", "data": .array(profiles.map(\.json))])
        } else {
            let width = profiles.map(\.name.text.count).max() ?? 0
            for profile in profiles {
                let day = Date(timeIntervalSince1970: TimeInterval(profile.createdUnixSeconds))
                    .formatted(.iso8601.year().month().day())
                let seconds = NumberText.fixed(profile.print.speechSeconds, 1)
                try invocation.console.print(
                    "\(profile.name.text.padding(to: width))  \(day)  \(seconds) s  \(profile.print.encoder)  "
                        + "\(profile.id)\n")
            }
        }
        return .success
    }

    /// A name goes before an id.
    private static func remove(_ word: String, _ invocation: Invocation) async throws -> ExitCode {
        let store = store(invocation)
        let profiles = try await store.profiles()
        let name = try? VoiceProfileName(word)
        let id = profiles.first { $0.name == name }?.id ?? word
        let profile = try await store.remove(id: id)
        if invocation.arguments.flag("json") {
            try invocation.printJSON(["id": .string(profile.id), "name": .string(profile.name.text), "deleted": true])
        } else if !invocation.arguments.flag("quiet") {
            try invocation.console.print("\(profile.name) is forgotten\n")
        }
        return .success
    }
}
