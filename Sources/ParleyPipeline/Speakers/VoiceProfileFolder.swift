public import Foundation
public import ParleyCore
import Synchronization

/// Voices in a folder of this machine: one file of JSON for each, named after its id.
///
/// The folder (mode 0700) comes with the first voice; files (mode 0600) are written beside their place, synced and
/// renamed, so each is whole or not there. Processes take turns by a lock on a file, and nothing is cached, so what
/// another process changes is seen. Disk calls run on a lane of their own.
public final class VoiceProfileFolder: VoiceProfileStore {
    private let files: VoiceProfileFiles
    private let maximumCount: Int
    private let now: @Sendable () -> Date
    private let onDamage: @Sendable (_ file: String, _ cause: String) -> Void
    private let reported = Mutex<Set<String>>([])
    private let lane = BlockingLane(name: "voices")

    /// Touches no disk.
    /// - Parameters:
    ///   - path: The folder, which need not exist.
    ///   - maximumCount: The most profiles that are kept.
    ///   - now: Tells the time of an enrolment.
    ///   - onDamage: Told once of each file that is no profile, for the log: its path and what is wrong.
    public init(
        path: String, maximumCount: Int, now: @escaping @Sendable () -> Date = { Date() },
        onDamage: @escaping @Sendable (_ file: String, _ cause: String) -> Void = { _, _ in }
    ) {
        files = VoiceProfileFiles(folder: path)
        self.maximumCount = maximumCount
        self.now = now
        self.onDamage = onDamage
    }

    /// See `VoiceProfileStore`.
    public func profiles() async throws -> [VoiceProfile] {
        try await lane.run { try self.list() }
    }

    /// See `VoiceProfileStore`.
    public func save(_ print: VoicePrint, name: VoiceProfileName, replaces: Bool) async throws -> VoiceProfile {
        try await lane.run { [files, maximumCount, now] in
            try files.holdingLock {
                let present = try self.list()
                let earlier = present.first { $0.name == name }
                if earlier != nil, !replaces { throw VoiceProfileError.taken(name) }
                guard earlier != nil || present.count < maximumCount else {
                    throw VoiceProfileError(
                        .limitReached, "No more than \(maximumCount) speakers can be kept; remove one first.")
                }
                let profile = VoiceProfile(
                    id: earlier?.id ?? VoiceProfileFiles.newID(), name: name,
                    createdUnixSeconds: Int(now().timeIntervalSince1970), print: print)
                try files.write(profile)
                return profile
            }
        }
    }

    /// See `VoiceProfileStore`.
    public func remove(id: String) async throws -> VoiceProfile {
        try await lane.run { [files] in
            guard files.exist else { throw VoiceProfileError.unknown(id) }
            return try files.holdingLock {
                // Only what was listed is touched, so an id never becomes a path of its own.
                guard let profile = try self.list().first(where: { $0.id == id }) else {
                    throw VoiceProfileError.unknown(id)
                }
                try files.remove(profile)
                return profile
            }
        }
    }

    /// By name; of two files with one name the older enrolment counts, which no two processes of ours can make.
    private func list() throws -> [VoiceProfile] {
        var profiles: [VoiceProfile] = []
        for (file, result) in try files.read() {
            switch result {
            case .failure(let damage): report(file, damage.cause)
            case .success(let profile): profiles.append(profile)
            }
        }
        profiles.sort { ($0.createdUnixSeconds, $0.id) < ($1.createdUnixSeconds, $1.id) }
        var names: Set<VoiceProfileName> = []
        return profiles.filter { profile in
            let isFirst = names.insert(profile.name).inserted
            if !isFirst { report(files.path(of: profile.id), "another file has the same name") }
            return isFirst
        }
        .sorted { ($0.name.text.lowercased(), $0.id) < ($1.name.text.lowercased(), $1.id) }
    }

    private func report(_ file: String, _ cause: String) {
        if reported.withLock({ $0.insert(file).inserted }) { onDamage(file, cause) }
    }
}
