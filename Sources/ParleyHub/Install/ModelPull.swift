import Foundation
public import ParleyCore

/// What is to be pulled.
public struct PullRequest: Sendable, Hashable {
    /// Id by which clients will name the model.
    public var id: String
    /// `owner/name` on the hub.
    public var repository: String
    /// Branch, tag or commit; nil takes the one that is installed, or else `main`.
    public var revision: String?
    /// Precisions of the weights; nil takes what suits a processor, an empty list all that there are.
    public var precisions: [Precision]?
    /// Licence, where it is known; the model card's otherwise.
    public var licence: String?

    /// Makes a request.
    public init(
        id: String, repository: String, revision: String? = nil, precisions: [Precision]? = nil,
        licence: String? = nil
    ) {
        self.id = id
        self.repository = repository
        self.revision = revision
        self.precisions = precisions
        self.licence = licence
    }
}

/// What happens while a model is pulled.
public enum PullEvent: Sendable, Hashable {
    /// Another process pulls or removes the same model.
    case waitingForOther
    /// What is to come: files, their bytes, and bytes that are there already.
    case planned(fileCount: Int, byteCount: Int, presentByteCount: Int)
    /// Bytes that are there, of all files.
    case received(byteCount: Int, file: String)
    /// A try has failed and another one follows.
    case retrying(reason: String, delay: Duration)
}

/// How a pull ended.
public struct PullOutcome: Sendable, Hashable {
    /// What is installed now.
    public let manifest: ModelManifest
    /// Its folder.
    public let directory: String
    /// Bytes that came over the network; 0 when everything was there.
    public let receivedByteCount: Int
    /// Whether it was there before, whole.
    public let wasInstalled: Bool
}

/// Pulls a model from the hub: list, choose, fetch, verify, install.
public struct ModelPull: Sendable {
    /// What is to stay free on the disk.
    private static let reserveByteCount = 64 << 20

    private let store: ModelStore
    private let access: HubAccess

    /// - Parameters:
    ///   - dataDirectory: Parley's data folder.
    ///   - access: How the hub is reached.
    public init(dataDirectory: String, access: HubAccess) {
        store = ModelStore(dataDirectory: dataDirectory)
        self.access = access
    }

    /// Pulls a model.
    ///
    /// Blocking: call it on a lane. What is broken off goes on where it was at the next call.
    /// - Parameters:
    ///   - request: What to pull.
    ///   - cancellation: Stops it.
    ///   - onEvent: Told what happens, on this thread.
    /// - Throws: ``HubError``; `CancellationError`.
    public func run(
        _ request: PullRequest, cancellation: CancellationFlag, onEvent: @escaping (PullEvent) -> Void
    ) throws -> PullOutcome {
        let repository = try RepositoryName(request.repository)
        let place = try ModelStore.Place(request.id, store)
        return try store.locked(place, cancellation: cancellation) {
            onEvent(.waitingForOther)
        } _: {
            try pull(request, repository, place, cancellation, onEvent)
        }
    }

    private func pull(
        _ request: PullRequest, _ repository: RepositoryName, _ place: ModelStore.Place,
        _ cancellation: CancellationFlag, _ onEvent: @escaping (PullEvent) -> Void
    ) throws -> PullOutcome {
        let before = store.installed(request.id)
        if request.revision == nil, let there = complete(before, request, place) { return there }
        let hub = try HubConnection(access, cancellation: cancellation)
        let onRetry = { (error: HubError, delay: Duration) in
            onEvent(.retrying(reason: error.message, delay: delay))
        }
        let revision = request.revision ?? before?.manifest?.revision ?? "main"
        let listing = try hub.listing(repository, revision: revision, onRetry: onRetry)
        let wanted = try precisions(request, before, listing)
        let selection = try ModelSelection(listing.files, wanted: wanted, repository: repository.text)
        if before?.manifest?.commit == listing.commit, let there = complete(before, request, place) { return there }
        let work = Work(
            selection: selection, listing: listing, repository: repository, place: place, hub: hub,
            retry: access.retry, cancellation: cancellation, onEvent: onEvent)
        let received = try work.fetch(reusing: before, reserve: Self.reserveByteCount)
        let manifest = ModelManifest(
            id: request.id, repository: repository.text, revision: revision, commit: listing.commit,
            licence: request.licence ?? listing.license ?? "", precisions: selection.precisions,
            files: try work.manifestFiles(), pulledAt: Date.now.formatted(.iso8601))
        try store.install(place, manifest)
        return PullOutcome(
            manifest: manifest, directory: place.folder, receivedByteCount: received, wasInstalled: false)
    }

    /// The model as it is, when nothing is missing in it and it has what is asked for.
    private func complete(
        _ model: InstalledModel?, _ request: PullRequest, _ place: ModelStore.Place
    ) -> PullOutcome? {
        guard let model, let manifest = model.manifest, manifest.repository == request.repository,
            request.precisions.map({ !$0.isEmpty && Set($0).isSubset(of: manifest.precisions) }) ?? true,
            !manifest.files.isEmpty, model.verify().allSatisfy({ $0.state == .intact })
        else { return nil }
        // What a process that was killed right after the installation has left.
        try? FileManager.default.removeItem(atPath: place.work)
        return PullOutcome(manifest: manifest, directory: model.directory, receivedByteCount: 0, wasInstalled: true)
    }

    /// The precisions that the model is to have: those that it has stay.
    private func precisions(
        _ request: PullRequest, _ before: InstalledModel?, _ listing: HubListing
    ) throws(HubError) -> [Precision]? {
        if request.precisions?.isEmpty == true {
            return ModelSelection.precisions(in: listing.files)
        }
        let kept = before?.manifest.flatMap { $0.repository == request.repository ? $0.precisions : nil } ?? []
        guard !kept.isEmpty else { return request.precisions }
        return Array(Set(kept).union(request.precisions ?? []))
    }
}
