import ParleyCore

/// All settings.
///
/// The parser of files, the environment, the flags, the help, `parley config` and
/// `docs/configuration.md` are read from here.
enum SettingsTable {
    static let all: [Setting] =
        models + batching + hub + server + limits + speech + diarization + decoding + logging

    /// The settings that matter to a command.
    static func settings(for scope: SettingScope) -> [Setting] { all.filter { !$0.scope.isDisjoint(with: scope) } }

    private static let cores = "the number of cores that this process may use"

    private static let models: [Setting] = [
        Setting(
            "data_dir", .path, \.models.dataDirectory, scope: .all,
            "Folder of models, fetched libraries and everything else that Parley keeps"),
        Setting(
            "model", .text("ID|DIR", permitted: "a model id or the path of a model folder"), \.models.model,
            "Model that recognises the words where a request names no other"),
        Setting(
            "preload_models", .automaticList("ID,..."), \.models.preloadedModels, scope: .serve,
            automatic: "the model of the setting `model`",
            "Models that are loaded at start and stay in memory; others are loaded when they are first asked for"),
        Setting(
            "model_ttl", .duration(.zero ... .seconds(7 * 24 * 3_600)), \.models.timeToLive, scope: .serve,
            "How long a model that is not preloaded stays in memory when nobody uses it; 0 for ever"),
        Setting(
            "device", .device, \.models.device, aliases: ["USE_GPU"],
            "Where inference runs: `auto` takes all GPUs that work, else the processor"),
        Setting(
            "threads", .automaticInteger(1...1_024), \.models.threads, scope: .inference, automatic: cores,
            "Threads of inference, shared by all requests"),
        Setting(
            "decoders", .automaticInteger(1...1_024), \.models.decoders, automatic: "as many as threads",
            "Word decoders of the bundled model, each a window at a time; one takes about 100 MiB"),
        Setting(
            "onnxruntime_library", .automaticPath, \.models.onnxRuntimeLibrary, scope: .inference,
            automatic: "the one in the data folder, then the system's", "Path of the ONNX Runtime library"),
        Setting(
            "pocketsphinx_model", .path, \.models.pocketSphinxModel,
            "Folder of the PocketSphinx model that the bundled profile uses"),
    ]

    private static let hub: [Setting] = [
        Setting(
            "hub_endpoint", .webAddress, \.hub.endpoint, aliases: ["HF_ENDPOINT"], scope: .models,
            "Model hub that `parley models pull` fetches from; with `http` nothing is encrypted"),
        Setting(
            "hub_token", .secret, \.hub.token, aliases: ["HF_TOKEN"], scope: .models, isSecret: true,
            "Token of an account on the hub, for private models and those whose licence has to be accepted"),
        Setting(
            "hub_offline", .switchedOn, \.hub.isOffline, aliases: ["HF_HUB_OFFLINE"], scope: .models,
            "Never use the network for models"),
    ]

    private static let server: [Setting] = [
        Setting(
            "host", .text("ADDRESS", permitted: "an address or a host name of this machine"), \.server.host,
            aliases: ["UVICORN_HOST"], scope: .serve, "Address to listen on; `0.0.0.0` for all"),
        Setting(
            "port", .integer(0...65_535), \.server.port, aliases: ["UVICORN_PORT"], scope: .serve,
            "Port to listen on; 0 takes a free one"),
        Setting(
            "api_keys", .secrets, \.server.apiKeys, aliases: ["API_KEY"], scope: .serve, isSecret: true,
            "Keys that clients must send as bearer tokens; empty lets everybody in"),
        Setting(
            "cors_origins", .list("ORIGIN,...", permitted: "a comma list of origins, or `*`"), \.server.corsOrigins,
            scope: .serve, "Web origins whose pages may call the API"),
        Setting(
            "max_connections", .integer(1...65_535), \.server.maximumConnections, scope: .serve,
            "Connections that may be open at a time"),
        Setting(
            "header_deadline", .duration(.seconds(1) ... .seconds(600)), \.server.headerDeadline, scope: .serve,
            "Time within which a request's header must be complete"),
        Setting(
            "body_idle_timeout", .duration(.seconds(1) ... .seconds(3_600)), \.server.bodyIdleTimeout, scope: .serve,
            "Longest pause within a request's body"),
        Setting(
            "keep_alive_timeout", .duration(.seconds(1) ... .seconds(3_600)), \.server.keepAliveTimeout,
            scope: .serve, "How long an idle connection is kept open"),
        Setting(
            "drain_grace", .duration(.zero ... .seconds(3_600)), \.server.drainGrace, scope: .serve,
            "How long running requests may go on after SIGTERM or SIGINT"),
    ]

    private static let limits: [Setting] = [
        Setting(
            "max_concurrent_requests", .automaticInteger(1...4_096), \.admission.maximumConcurrentRequests,
            aliases: ["MAX_CONCURRENT_REQUESTS"], scope: .serve,
            automatic: "the number of cores; with another model than the bundled one at least `batch_size`",
            "Transcriptions at work at the same time"),
        Setting(
            "queue_length", .integer(0...65_535), \.admission.queueLength, scope: .serve,
            "Transcriptions that may wait for a place; further ones are refused"),
        Setting(
            "queue_timeout", .duration(.zero ... .seconds(86_400)), \.admission.queueTimeout, scope: .serve,
            "Longest wait for a place"),
        Setting(
            "memory_per_request_gb", .automaticNumber(0...10_000), \.admission.memoryPerRequest,
            aliases: ["MEMORY_PER_REQUEST_GB"], scope: .serve, automatic: "estimated from the models",
            "Memory that must be free before a transcription begins, in GB of 10^9 bytes"),
        Setting(
            "max_upload_bytes", .bytes(1_024...1 << 44), \.limits.uploadBytes, scope: .serve,
            "Largest body of a request"),
        Setting(
            "max_audio_duration", .duration(.seconds(1) ... .seconds(7 * 24 * 3_600)), \.limits.audioDuration,
            scope: .inference, "Longest recording"),
        Setting(
            "max_channels", .integer(1...64), \.limits.channels, scope: .inference, "Most channels of an audio track"),
    ]

    private static let speech: [Setting] = [
        Setting(
            "vad_onset", .number(0...1), \.speechDetection.onset, aliases: ["VAD_ONSET"],
            "Probability at which speech begins"),
        Setting(
            "vad_offset", .number(0...1), \.speechDetection.offset, aliases: ["VAD_OFFSET"],
            "Probability below which speech ends; at most the onset"),
        Setting(
            "vad_min_speech", .duration(.zero ... .seconds(10)), \.speechDetection.minimumSpeech,
            "Shorter stretches of speech are dropped"),
        Setting(
            "vad_min_silence", .duration(.zero ... .seconds(10)), \.speechDetection.minimumSilence,
            "Shorter pauses do not end a stretch of speech"),
        Setting(
            "vad_padding", .duration(.zero ... .seconds(10)), \.speechDetection.padding,
            "Added on both sides of every stretch of speech"),
    ]

    private static let logging: [Setting] = [
        Setting(
            "log_level", .choice, \.logging.level, aliases: ["LOG_LEVEL"], scope: .all,
            "Least important messages that are logged"),
        Setting(
            "log_format", .choice, \.logging.format, scope: .serve, "Form of log lines on standard error"),
    ]

    /// Names of other servers that are understood and change nothing here, each with the reason.
    static let withoutEffect: [(name: String, reason: String)] = []
}
