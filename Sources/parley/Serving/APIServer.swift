import Foundation
import ParleyAPI
import ParleyCore
import ParleyHTTP
import ParleyInference
import ParleyPipeline
import Synchronization

/// The API on the HTTP engine.
final class APIServer: RunningServer {
    let port: Int
    private let server: HTTPServer
    private let admission: BoundedAdmission
    private let state: State

    /// What the health routes are told.
    private final class State: Sendable {
        private let value = Mutex(Readiness.ready)
        var current: Readiness { value.withLock { $0 } }
        func drain() { value.withLock { $0 = .draining } }
    }

    private init(port: Int, server: HTTPServer, admission: BoundedAdmission, state: State) {
        self.port = port
        self.server = server
        self.admission = admission
        self.state = state
    }

    /// Starts to serve.
    /// - Throws: ``HTTPServerError``, or ``CommandFailure`` when uploads can't be kept.
    static func start(
        _ settings: Settings, parts: ServingParts, decoder: any AudioDecoder, coreCount: Int, log: Log,
        temporaryFiles: TemporaryFiles
    ) async throws -> APIServer {
        let state = State()
        let active = settings.admission.maximumConcurrentRequests ?? settings.automaticConcurrency(coreCount)
        let admission = BoundedAdmission(
            limits: .init(
                maximumActive: active, maximumQueued: settings.admission.queueLength,
                maximumWait: settings.admission.queueTimeout))
        let byMemory = MemoryAdmission(
            places: admission, memory: parts.memory, maximumWait: settings.admission.queueTimeout,
            retryAfter: .seconds(5))
        let api = try makeAPI(settings, parts, decoder, byMemory, state, log)
        temporaryFiles.register(api.uploadFolder)
        let access = AccessLog(log)
        let server = HTTPServer(
            configuration: engineConfiguration(settings),
            errorResponse: { error, requestID in
                access.refused(error, requestID: requestID)
                return api.errorResponse(for: error, requestID: requestID)
            },
            handler: access.around { await api.handle($0) })
        let address = try await server.start()
        return APIServer(port: address.port, server: server, admission: admission, state: state)
    }

    func waitUntilStopped() async throws {
        // The engine runs until it is told to end.
        while true { try await Task.sleep(for: .seconds(3_600)) }
    }

    func drain(grace: Duration) async {
        state.drain()
        admission.drain()
        await server.shutdown(grace: grace)
    }

    private static func makeAPI(
        _ settings: Settings, _ parts: ServingParts, _ decoder: any AudioDecoder,
        _ admission: any Admission, _ state: State, _ log: Log
    ) throws -> API {
        var configuration = APIConfiguration()
        configuration.apiKeys = Set(settings.server.apiKeys)
        configuration.allowedOrigins = Set(settings.server.corsOrigins)
        configuration.maximumUploadBytes = settings.limits.uploadBytes
        configuration.speechDetection = settings.speechDetection
        configuration.decoding = settings.decoding
        configuration.spoolParent = NSTemporaryDirectory()
        configuration.version = ParleyVersion.current
        do {
            return try API(
                configuration: configuration, transcriber: parts.transcriber, models: parts.models,
                admission: admission, decoder: decoder, voices: parts.voices, deviceMemory: parts.deviceMemory,
                readiness: { state.current },
                reportFailure: { requestID, error in
                    log.write(
                        .error, "request failed",
                        [("id", .string(requestID)), ("cause", .string(String(describing: error)))])
                })
        } catch {
            throw CommandFailure(
                .cannotCreateOutput, "the folder for uploads can't be made in \(NSTemporaryDirectory())",
                cause: String(describing: error))
        }
    }

    private static func engineConfiguration(_ settings: Settings) -> HTTPServerConfiguration {
        var configuration = HTTPServerConfiguration(host: settings.server.host, port: settings.server.port)
        configuration.maximumBodyBytes = settings.limits.uploadBytes + APIConfiguration.formAllowanceBytes
        configuration.headerDeadline = settings.server.headerDeadline
        configuration.bodyIdleTimeout = settings.server.bodyIdleTimeout
        configuration.idleTimeout = settings.server.keepAliveTimeout
        configuration.maximumConnections = settings.server.maximumConnections
        return configuration
    }
}

extension Settings {
    /// Requests that are at work when the operator says nothing: one for each core, or enough to fill a batch of a model
    /// that has batches.
    fileprivate func automaticConcurrency(_ coreCount: Int) -> Int {
        models.model == BundledModel.id ? coreCount : max(coreCount, batching.maximumBatch)
    }
}
