import ParleyCore
import ParleyHub
import ParleyInference
import ParleySpeech

/// Everything that can be configured, read once at start.
///
/// The defaults stand here and nowhere else.
struct Settings: Sendable {
    var models = ModelSettings()
    var hub = HubSettings()
    var logging = LoggingSettings()
    var server = ServerSettings()
    var limits = LimitSettings()
    var admission = AdmissionSettings()
    var speechDetection = SpeechDetectionOptions()
    var diarization = DiarizationSettings()
    var decoding = DecodingOptions()
    var batching = BatchingOptions()
}

/// What runs, and on what.
struct ModelSettings: Sendable {
    var dataDirectory = "~/.local/share/parley"
    var model = "bundled"
    var preloadedModels: [String]?
    var timeToLive = Duration.seconds(300)
    var device = DeviceRequest.auto
    var precision: WeightPrecision?
    var onnxRuntimeLibrary: String?
    var pocketSphinxModel = "/usr/share/pocketsphinx/model/en-us"
    var threads: Int?
    var decoders: Int?
}

/// Where models are pulled from.
struct HubSettings: Sendable {
    var endpoint = "https://huggingface.co"
    var token = ""
    var isOffline = false

    /// The same for the hub's adapter.
    var access: HubAccess {
        HubAccess(endpoint: endpoint, token: token.isEmpty ? nil : token, isOffline: isOffline)
    }
}

/// What is logged, and how.
struct LoggingSettings: Sendable {
    var level = LogLevel.info
    var format = LogFormat.text
}

/// The HTTP server.
struct ServerSettings: Sendable {
    var host = "127.0.0.1"
    var port = 3333
    var apiKeys: [String] = []
    var corsOrigins: [String] = []
    var maximumConnections = 1_024
    var headerDeadline = Duration.seconds(10)
    var bodyIdleTimeout = Duration.seconds(30)
    var keepAliveTimeout = Duration.seconds(75)
    var drainGrace = Duration.seconds(30)
}

/// What an input may be at most.
struct LimitSettings: Sendable {
    var uploadBytes = 4 << 30
    var audioDuration = Duration.seconds(24 * 3_600)
    var channels = 32
}

/// How many requests are at work, and how many wait.
struct AdmissionSettings: Sendable {
    var maximumConcurrentRequests: Int?
    var queueLength = 32
    var queueTimeout = Duration.seconds(60)
    /// In GB of 10^9 bytes.
    var memoryPerRequest: Double?
}

/// Who spoke.
struct DiarizationSettings: Sendable {
    var isDefault = true
    var knownSpeakerThreshold: Double?
    /// Paths of networks that take the place of the bundled ones.
    var segmentationModel: String?
    var embeddingModel: String?
    /// Share of a window.
    var step = OfflineDiarizerOptions().step
    var onset = OfflineDiarizerOptions().onset
    var offset: Double?
    var clustering = ClusteringMethod.automatic
    var clusteringThreshold: Double?
    var pldaFolder: String?
    /// Whether a server keeps voices.
    var keepsProfiles = false
    var maximumProfileCount = 1_000
}
