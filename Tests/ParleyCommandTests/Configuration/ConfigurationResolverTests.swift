import ParleyCore
import Testing

@testable import parley

@Suite struct ConfigurationResolverTests {
    private func resolve(
        file: String? = nil, environment: [String: String] = [:], flags: [String: String] = [:]
    ) throws -> Configuration {
        var flags = flags
        if file != nil { flags["config"] = "parley.conf" }
        return try ConfigurationResolver(environment: environment, flags: flags, readFile: { _ in file ?? "" })
            .resolve()
    }

    @Test func defaultsHoldWithoutSources() throws {
        let configuration = try resolve(environment: ["HOME": "/home/ada"])
        #expect(configuration.settings.server.port == 3333)
        #expect(configuration.settings.models.dataDirectory == "/home/ada/.local/share/parley")
        #expect(configuration.settings.models.threads == nil)
        #expect(configuration.sources.isEmpty)
        #expect(configuration.warnings.isEmpty)
    }

    @Test func laterSourcesWin() throws {
        let file = "port = 1\nhost = file\nqueue_length = 1\nvad_onset = 0.6"
        let environment = [
            "PARLEY_PORT": "2", "PARLEY_HOST": "environment", "VAD_ONSET": "0.7", "MAX_CONCURRENT_REQUESTS": "9",
        ]
        let configuration = try resolve(file: file, environment: environment, flags: ["port": "3"])
        #expect(configuration.settings.server.port == 3)
        #expect(configuration.settings.server.host == "environment")
        #expect(configuration.settings.admission.queueLength == 1)
        #expect(configuration.settings.speechDetection.onset == 0.7)
        #expect(configuration.settings.admission.maximumConcurrentRequests == 9)
        #expect(
            configuration.sources == [
                "port": .flag(name: "port"), "host": .environment(name: "PARLEY_HOST"),
                "queue_length": .file(path: "parley.conf", line: 3), "vad_onset": .environment(name: "VAD_ONSET"),
                "max_concurrent_requests": .environment(name: "MAX_CONCURRENT_REQUESTS"),
            ])
    }

    @Test func ownNamesWinOverOthers() throws {
        let configuration = try resolve(environment: ["VAD_ONSET": "0.7", "PARLEY_VAD_ONSET": "0.8"])
        #expect(configuration.settings.speechDetection.onset == 0.8)
    }

    @Test func emptyVariablesCountAsNotSet() throws {
        let configuration = try resolve(environment: ["PARLEY_PORT": "", "VAD_ONSET": "0.4", "PARLEY_VAD_ONSET": ""])
        #expect(configuration.settings.server.port == 3333)
        #expect(configuration.settings.speechDetection.onset == 0.4)
    }

    @Test func allFaultsAreListedAtOnce() throws {
        let error = try #require(throws: ConfigurationError.self) {
            try resolve(
                file: "prot = 1\nport = 70000\nnonsense\nport = 2",
                environment: ["PARLEY_DEVICE": "tpu", "MAX_CONCURRENT_REQUESTS": "many"],
                flags: ["queue-timeout": "5x", "max-upload-bytes": "1"])
        }
        #expect(
            error.problems == [
                "parley.conf:3 is no 'key = value'",
                "parley.conf:1 unknown setting prot; did you mean port?",
                "port takes a whole number from 0 to 65535, not '70000' (parley.conf:2)",
                "parley.conf:4 sets port again; line 2 does already",
                "device takes `auto`, `cpu`, `cuda`, `cuda:N`, `tensorrt` or `tensorrt:N`, not 'tpu' "
                    + "(environment PARLEY_DEVICE)",
                "max_concurrent_requests takes `auto` or a whole number from 1 to 4096, not 'many' "
                    + "(environment MAX_CONCURRENT_REQUESTS)",
                "queue_timeout takes a time from 0s to 24h, in seconds or with `ms`, `s`, `m`, `h`, not '5x' "
                    + "(--queue-timeout)",
                "max_upload_bytes takes a size from 1 KiB to 16384 GiB, in bytes or with `KiB`, `MiB`, `GiB`, `KB`, "
                    + "`MB`, `GB`, not '1' (--max-upload-bytes)",
            ])
    }

    @Test func unknownVariablesAreWarnings() throws {
        let configuration = try resolve(
            environment: ["PARLEY_PROT": "1", "PARLEY_TEST_DATA": "x", "WHISPERX_BATCH_SIZE": "16", "OTHER": "1"])
        #expect(
            configuration.warnings == [
                "unknown environment variable PARLEY_PROT; did you mean PARLEY_PORT?"
            ])
    }

    @Test func offsetMustNotPassOnset() throws {
        let error = try #require(throws: ConfigurationError.self) { try resolve(flags: ["vad-offset": "0.9"]) }
        #expect(error.problems == ["vad_offset takes at most the value of vad_onset, 0.5, not '0.9' (--vad-offset)"])
    }

    @Test func unreadableFileIsAFault() throws {
        let resolver = ConfigurationResolver(
            environment: ["PARLEY_CONFIG": "/no/such/file"],
            readFile: { _ in throw CommandFailure(.missingInput, "no") })
        let error = try #require(throws: ConfigurationError.self) { try resolver.resolve() }
        #expect(error.problems == ["the configuration file /no/such/file can't be read"])
    }

    @Test func secretsAreNeverShown() throws {
        let folder = try TemporaryFolder()
        let keys = try folder.file("keys", "# ours\nfirst-key\n\n second-key \n")
        let configuration = try resolve(flags: ["api-keys": "@" + keys])
        #expect(configuration.settings.server.apiKeys == ["first-key", "second-key"])
        let setting = try #require(SettingsTable.all.first { $0.key == "api_keys" })
        #expect(setting.shown(configuration.settings) == "(2 set)")
        let error = try #require(throws: ConfigurationError.self) {
            try resolve(flags: ["api-keys": "@/no/such/secret"])
        }
        #expect(error.problems.count == 1 && !error.problems[0].contains("secret'"))
    }
}
