import ParleyAPI
import ParleyHub
import ParleySpeech
import Synchronization

/// One `parley models pull`.
struct ModelPullRun: Sendable {
    private let invocation: Invocation
    private let request: PullRequest
    private let isQuiet: Bool

    /// - Throws: ``UsageError`` for a precision that is none; ``CommandFailure`` for a model that can't be pulled.
    init(_ invocation: Invocation, id: String) throws {
        self.invocation = invocation
        isQuiet = invocation.arguments.flag("quiet")
        let model = ModelCatalog.model(id)
        guard model != nil || id.contains("/") else {
            let unknown = UsageError.unknown("model", id, among: ModelCatalog.all.map(\.id))
            throw CommandFailure(.unavailable, unknown.message + "; parley models list shows what there is")
        }
        if let model, !model.isRunnable, !invocation.arguments.flag("anyway") {
            throw CommandFailure(
                .unavailable,
                "this version can't run \(id) yet (family \(model.family)); --anyway pulls it for a later one")
        }
        request = PullRequest(
            id: id, repository: model?.repository ?? id, revision: invocation.arguments.value("revision"),
            precisions: try Self.precisions(invocation.arguments), licence: model?.license)
    }

    func perform() async throws -> ExitCode {
        let console = invocation.console
        let reporter = Reporter(PullReporter(request.id, isQuiet: isQuiet, console: console))
        if !isQuiet, let model = ModelCatalog.model(request.id), model.isNonCommercial {
            console.note("parley: \(model.id) is under \(model.license): not for commercial use")
        }
        let outcome = try await invocation.composition.pull(request, invocation.settings) { reporter.take($0) }
        console.clearLine()
        if invocation.arguments.flag("json") {
            try invocation.printJSON(Self.json(outcome))
        } else if !isQuiet {
            try console.print(text(outcome))
        }
        return .success
    }

    /// nil suits a processor; empty stands for all.
    private static func precisions(_ arguments: ParsedArguments) throws(UsageError) -> [Precision]? {
        let names = arguments.list("precision")
        guard !names.isEmpty else { return nil }
        if names == ["all"] { return [] }
        var precisions: [Precision] = []
        for name in names {
            guard let precision = Precision(name: name) else {
                throw .unknown("precision", name, among: Precision.allCases.map(\.rawValue) + ["all"])
            }
            precisions.append(precision)
        }
        return precisions
    }

    private func text(_ outcome: PullOutcome) -> String {
        let manifest = outcome.manifest
        let words = outcome.wasInstalled ? "is installed already" : "is installed"
        let precisions = manifest.precisions.map(\.rawValue).joined(separator: ", ")
        var lines = [
            "\(manifest.id) \(words): \(outcome.directory) (\(precisions), \(ByteCount.rounded(manifest.byteCount)), "
                + "licence \(manifest.licence.isEmpty ? "unknown" : manifest.licence))"
        ]
        if FamilyCatalog.familyName(directory: outcome.directory) == nil {
            lines.append("This version can't run it yet.")
        } else {
            lines.append("Use it with --model \(manifest.id)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func json(_ outcome: PullOutcome) -> JSONValue {
        let manifest = outcome.manifest
        return [
            "id": .string(manifest.id), "state": .string(outcome.wasInstalled ? "already_installed" : "installed"),
            "path": .string(outcome.directory), "repository": .string(manifest.repository),
            "commit": .string(manifest.commit), "licence": .string(manifest.licence),
            "precisions": .array(manifest.precisions.map { .string($0.rawValue) }), "bytes": .int(manifest.byteCount),
            "received_bytes": .int(outcome.receivedByteCount),
            "files": .array(
                manifest.files.map { file in
                    ["path": .string(file.path), "bytes": .int(file.bytes), "sha256": .string(file.sha256)]
                }),
        ]
    }

    /// The reporter behind a lock: events come from the lane's thread.
    private final class Reporter: Sendable {
        private let reporter: Mutex<PullReporter>

        init(_ reporter: PullReporter) { self.reporter = Mutex(reporter) }

        func take(_ event: PullEvent) { reporter.withLock { $0.take(event) } }
    }
}
