import Foundation
import ParleyCore

extension ModelPull {
    /// The files of one pull on their way into the staging folder.
    struct Work {
        let selection: ModelSelection
        let listing: HubListing
        let repository: RepositoryName
        let place: ModelStore.Place
        let hub: HubConnection
        let retry: RetryPolicy
        let cancellation: CancellationFlag
        let onEvent: (PullEvent) -> Void

        private var byteCount: Int { selection.files.reduce(0) { $0 + $1.byteCount } }

        /// Fills the staging folder with whole, verified files.
        /// - Parameters:
        ///   - installed: A model whose files are used where they are the same.
        ///   - reserve: Bytes that are to stay free on the disk.
        /// - Returns: Bytes that came over the network.
        func fetch(reusing installed: InstalledModel?, reserve: Int) throws -> Int {
            try FileSystem.makeFolder(place.staging)
            try removeStrangers()
            for file in selection.files { try reuse(file, installed) }
            let missing = selection.files.filter { FileSystem.size(staged($0)) != $0.byteCount || $0.byteCount == 0 }
            var present = byteCount - missing.reduce(0) { $0 + $1.byteCount }
            let begun = missing.reduce(0) { $0 + min($1.byteCount, place.part($1.digest).byteCount) }
            onEvent(
                .planned(
                    fileCount: selection.files.count, byteCount: byteCount, presentByteCount: present + begun))
            try checkSpace(for: byteCount - present - begun + reserve)
            for file in missing {
                try fetch(file, present: present)
                present += file.byteCount
            }
            return missing.reduce(0) { $0 + $1.byteCount } - begun
        }

        /// What the manifest says about the files.
        func manifestFiles() throws(HubError) -> [ModelManifest.File] {
            var files: [ModelManifest.File] = []
            for file in selection.files {
                var sha256 = file.digest.hexadecimal
                if case .gitBlob = file.digest {
                    guard let digits = Digest.sha256(ofFile: staged(file)) else {
                        throw HubError(.cannotWrite, "\(staged(file)) can't be read back")
                    }
                    sha256 = digits
                }
                files.append(ModelManifest.File(path: file.path, bytes: file.byteCount, sha256: sha256))
            }
            return files
        }

        private func staged(_ file: HubFile) -> String { place.staging + "/" + file.path }

        private func fetch(_ file: HubFile, present: Int) throws {
            let part = place.part(file.digest)
            let download = FileDownload(
                file: file, repository: repository, commit: listing.commit, part: part, hub: hub, retry: retry,
                cancellation: cancellation)
            let onEvent = onEvent
            try download.run { bytes in
                onEvent(.received(byteCount: present + bytes, file: file.path))
            } onRetry: { error, delay in
                onEvent(.retrying(reason: error.message, delay: delay))
            }
            guard part.matches(file.digest) else {
                part.remove()
                throw HubError(
                    .checksumMismatch,
                    "\(file.path) did not come as the hub has announced it (its checksum differs); it was thrown "
                        + "away, pull again")
            }
            try FileSystem.makeFolder((staged(file) as NSString).deletingLastPathComponent)
            try part.move(to: staged(file))
        }

        /// Takes a file from the installed model when it is the same.
        private func reuse(_ file: HubFile, _ installed: InstalledModel?) throws(HubError) {
            let place = staged(file)
            if FileSystem.size(place) == file.byteCount, file.digest.matches(file: place) { return }
            unlink(place)
            guard let installed else { return }
            let old = installed.directory + "/" + file.path
            guard FileSystem.size(old) == file.byteCount, file.digest.matches(file: old) else { return }
            try FileSystem.makeFolder((place as NSString).deletingLastPathComponent)
            // Nobody writes into an installed file, so both folders may share it.
            guard link(old, place) == 0 else { return }
        }

        /// Leaves of an earlier pull of other files.
        private func removeStrangers() throws(HubError) {
            let wanted = Set(selection.files.map(\.path))
            let found = (try? FileManager.default.subpathsOfDirectory(atPath: place.staging)) ?? []
            for path in found where FileSystem.size(place.staging + "/" + path) != nil && !wanted.contains(path) {
                guard unlink(place.staging + "/" + path) == 0 else { throw HubError.cannotWrite(path) }
            }
        }

        private func checkSpace(for byteCount: Int) throws(HubError) {
            guard let free = FileSystem.freeBytes(place.work), free < byteCount else { return }
            throw HubError(
                .diskFull,
                "too little space on the disk: \(byteCount >> 20) MiB are needed in \(place.work), "
                    + "\(free >> 20) MiB are free")
        }
    }
}
