import ParleyAPI
import ParleyCore

/// `parley serve`.
enum ServeCommand {
    static let command = Command(
        "serve", settings: .serve, summary: "Serve the OpenAI audio API over HTTP",
        discussion: [
            """
            Prints a line with the address on standard output when it is ready. SIGTERM or Ctrl-C lets running \
            requests end within the grace; a second signal ends at once.
            """
        ]
    ) { invocation in
        try invocation.expectNoOperands()
        return try await ServeRun(invocation).perform()
    }
}

/// Serves until a signal or a fault ends it.
struct ServeRun: Sendable {
    private let settings: Settings
    private let console: Console
    private let composition: Composition
    private let stopDeadline: StopDeadline
    private let log: Log
    private let temporaryFiles: TemporaryFiles

    init(_ invocation: Invocation) {
        settings = invocation.settings
        console = invocation.console
        composition = invocation.composition
        stopDeadline = invocation.stopDeadline
        temporaryFiles = invocation.temporaryFiles
        log = Log(console: console, settings: settings.logging)
    }

    func perform() async throws -> ExitCode {
        log.write(.info, "loading models", [("model", .string(settings.models.model))])
        let parts = try await composition.serving(settings, log)
        let server = try await composition.server(settings, parts, log, temporaryFiles)
        let grace = settings.server.drainGrace
        stopDeadline.extend(to: grace + .seconds(2))
        return try await withThrowingTaskGroup(of: ExitCode?.self) { group in
            group.addTask {
                try await server.waitUntilStopped()
                return nil
            }
            do {
                try console.print(greeting(port: server.port, models: parts.transcriber.models))
                warnAboutOpenDoors()
                try await waitForEnd(&group)
            } catch is CancellationError {
                // A signal came; the group's task is cancelled with this one and tells nothing more.
            } catch {
                await drain(server, grace)
                throw error
            }
            await drain(server, grace)
            return .success
        }
    }

    /// Waits for the server's own end, which is a fault, or for the cancellation of this task.
    private func waitForEnd(_ group: inout ThrowingTaskGroup<ExitCode?, any Error>) async throws {
        _ = try await group.next()
        try Task.checkCancellation()
        throw CommandFailure(.internalFailure, "the server stopped by itself")
    }

    private func drain(_ server: any RunningServer, _ grace: Duration) async {
        log.write(.info, "stopping; running requests may end", [("grace_s", .double(grace.inSeconds))])
        // The drain must run although this task is cancelled.
        await Task { await server.drain(grace: grace) }.value
        log.write(.info, "stopped")
    }

    /// What is printed when requests are accepted.
    private func greeting(port: Int, models: [ModelDescriptor]) -> String {
        let address = "http://\(Self.urlHost(settings.server.host)):\(port)"
        let model = models.first
        var lines = ["Parley \(ParleyVersion.current) listening on \(address)"]
        if let model { lines.append("Model \(model.id): \(model.summary)") }
        if model?.id == "bundled" {
            lines.append("The bundled model knows English only, and its accuracy is modest.")
        }
        let key = settings.server.apiKeys.isEmpty ? "" : "-H \"Authorization: Bearer $PARLEY_KEY\" "
        let reachable = "http://\(Self.reachableHost(settings.server.host)):\(port)"
        lines.append("Try:")
        lines.append(
            "  curl \(key)\(reachable)/v1/audio/transcriptions -F file=@\(composition.samplePath(settings)) "
                + "-F model=\(model?.id ?? "bundled") -F response_format=diarized_json")
        return lines.joined(separator: "\n") + "\n"
    }

    private func warnAboutOpenDoors() {
        let isLocal = ["127.0.0.1", "::1", "localhost"].contains(settings.server.host)
        guard !isLocal, settings.server.apiKeys.isEmpty else { return }
        log.write(.warning, "no api_keys are set: everybody who reaches this address can use it")
    }

    /// IPv6 addresses stand in brackets.
    static func urlHost(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }

    /// An address that a client on this machine can use.
    static func reachableHost(_ host: String) -> String {
        switch host {
        case "0.0.0.0", "": "127.0.0.1"
        case "::": "[::1]"
        default: urlHost(host)
        }
    }
}
