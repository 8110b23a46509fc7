import ParleyCore
import ParleyHTTP
import ParleyPipeline
import ParleyTestSupport
import Testing

@testable import ParleyAPI

@Suite(.timeLimit(.minutes(15))) struct StatusRouteTests {
    private static let batching = BatchSchedulerStatus(
        name: "other", maximumBatch: 4, queuedRows: 3, maximumQueued: 100, oldestWait: .milliseconds(1_500),
        batchesByRows: [2, 0, 0, 5], replicas: [.init(runningRows: 4, batchCount: 6, busyTime: .seconds(9))])

    private func status(_ service: TestService) async throws -> [String: Any] {
        let answer = try await service.get("/processing-status")
        #expect(answer.status == 200 && answer.headers["content-type"] == "application/json")
        return answer.json
    }

    private func requests(_ service: TestService) async throws -> [[String: Any]] {
        try await status(service)["requests"] as? [[String: Any]] ?? []
    }

    @Test func requestsAtWorkAndInTheQueueAreShown() async throws {
        let gate = Locked(false)
        var transcriber = FakeTranscriber()
        transcriber.script = { _ in
            let progress = TranscriptionProgress(stage: .transcribing, processedSeconds: 5, totalSeconds: 20)
            return [.event(.progress(progress)), .wait(gate), .event(.finished(Samples.monologue))]
        }
        let service = try TestService(
            transcriber: transcriber, admission: BoundedAdmission(limits: .init(maximumActive: 1)))
        let first = Task { try await service.post([("model", "whisper-1")]) }
        while try await requests(service).first?["progress"] as? Double != 0.25 { await Task.yield() }
        let second = Task { try await service.post([("model", "bundled")]) }
        while try await requests(service).count < 2 { await Task.yield() }
        let all = try await requests(service)
        #expect(all.map { $0["state"] as? String } == ["active", "queued"])
        #expect(all.map { $0["stage"] as? String } == ["transcribing", "queued"])
        #expect(all.map { $0["model"] as? String } == ["bundled", "bundled"])
        #expect(all[0]["processed_seconds"] as? Double == 5 && all[0]["total_seconds"] as? Double == 20)
        #expect((all[0]["age_seconds"] as? Double ?? -1) >= 0)
        while try await status(service)["queued"] as? Int != 1 { await Task.yield() }
        gate.update { $0 = true }
        #expect(try await first.value.status == 200)
        #expect(try await second.value.status == 200)
        #expect(try await requests(service).isEmpty)
    }

    @Test func aStreamStaysUntilItsEnd() async throws {
        let gate = Locked(false)
        var transcriber = FakeTranscriber()
        transcriber.script = { _ in
            FakeTranscriber.steps(Samples.monologue, early: true).dropLast() + [
                .wait(gate), .event(.finished(Samples.monologue)),
            ]
        }
        let service = try TestService(transcriber: transcriber)
        let response = await service.respond([("model", "bundled"), ("stream", "true")])
        #expect(try await requests(service).count == 1)
        gate.update { $0 = true }
        _ = try await Answer(response)
        #expect(try await service.get("/metrics").body.contains(#"outcome="completed"} 1"#))
    }

    @Test func modelsTheirBatchesAndDevicesAreShown() async throws {
        let models = FakeModelOperations()
        models.loaded.update {
            $0.append(LoadedModel(id: "other", state: .loaded, requestCount: 2, batching: Self.batching))
        }
        let service = try TestService(models: models)
        let shown = try await status(service)
        let other = (shown["models"] as? [[String: Any]])?.last ?? [:]
        #expect(other["id"] as? String == "other" && other["requests"] as? Int == 2)
        let batching = other["batching"] as? [String: Any] ?? [:]
        #expect(batching["queued_rows"] as? Int == 3 && batching["running_rows"] as? Int == 4)
        #expect(batching["mean_fill"] as? Double == 22.0 / 28 && batching["oldest_wait_seconds"] as? Double == 1.5)
        let device = (shown["devices"] as? [[String: Any]])?.first ?? [:]
        #expect(device["device"] as? String == "cpu" && device["free_bytes"] as? Int == 600)
    }

    @Test func metricsCountWhatHappened() async throws {
        let models = FakeModelOperations()
        models.loaded.update { $0.append(LoadedModel(id: "other", state: .loaded, batching: Self.batching)) }
        let service = try TestService(models: models)
        #expect(try await service.post([("model", "bundled")]).status == 200)
        #expect(try await service.post([("model", "nothing")]).status == 404)
        #expect(try await service.get("/some/path").status == 404)
        let answer = try await service.get("/metrics")
        #expect(answer.status == 200 && answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
        let seconds = Samples.monologue.durationSeconds
        for line in [
            #"parley_http_requests_total{method="POST",path="/v1/audio/transcriptions",status="200"} 1"#,
            #"parley_http_requests_total{method="POST",path="/v1/audio/transcriptions",status="404"} 1"#,
            #"parley_http_requests_total{method="other",path="other",status="404"} 1"#,
            #"parley_transcriptions_total{model="bundled",outcome="completed"} 1"#,
            #"parley_transcriptions_total{model="bundled",outcome="cancelled"} 0"#,
            #"parley_audio_seconds_total{model="bundled"} \#(seconds == seconds.rounded() ? "\(Int(seconds))" : "\(seconds)")"#,
            #"parley_queue_wait_seconds_count 1"#, #"parley_models_loaded 2"#, "parley_requests_active 0",
            #"parley_batch_rows_bucket{model="other",le="1"} 2"#, #"parley_batch_rows_bucket{model="other",le="2"} 2"#,
            #"parley_batch_rows_bucket{model="other",le="4"} 7"#,
            #"parley_batch_rows_bucket{model="other",le="+Inf"} 7"#,
            #"parley_batch_rows_sum{model="other"} 22"#, #"parley_batch_rows_count{model="other"} 7"#,
            #"parley_batch_busy_seconds_total{model="other",replica="0"} 9"#,
            #"parley_batch_oldest_wait_seconds{model="other"} 1.5"#,
            #"parley_device_memory_free_bytes{device="cpu"} 600"#,
        ] {
            #expect(answer.body.split(separator: "\n").contains { $0 == line }, "\(line)")
        }
    }

    /// The grammar of the text format 0.0.4: every line is a comment or a sample, every metric is described before its
    /// samples and once only, and no series comes twice.
    @Test func metricsKeepToTheFormat() async throws {
        let models = FakeModelOperations()
        models.loaded.update { loaded in
            loaded.append(LoadedModel(id: "odd \"name\"\\\n", state: .loaded, requestCount: 1, batching: Self.batching))
            loaded.append(LoadedModel(id: "bundled", state: .unloading, requestCount: 1, batching: Self.batching))
        }
        let service = try TestService(models: models)
        _ = try await service.post([("model", "bundled")])
        let body = try await service.get("/metrics").body
        #expect(body.hasSuffix("\n"))
        let sample = /([a-z_]+)(\{[a-z]+="(?:[^"\\]|\\["\\n])*"(?:,[a-z]+="(?:[^"\\]|\\["\\n])*")*\})? [-+.0-9e]+/
        var described: [String] = []
        var series: Set<Substring> = []
        for line in body.split(separator: "\n") {
            if line.hasPrefix("# TYPE ") { described.append(String(line.split(separator: " ")[2])) }
            if line.hasPrefix("#") { continue }
            guard let match = line.wholeMatch(of: sample) else {
                Issue.record("\(line)")
                continue
            }
            #expect(match.1.hasPrefix(described.last ?? "-"), "\(line)")
            #expect(series.insert(line.prefix { $0 != " " } + (match.2 ?? "")).inserted, "\(line)")
        }
        #expect(Set(described).count == described.count && described.allSatisfy { $0.hasPrefix("parley_") })
    }

    @Test(arguments: ["/processing-status", "/metrics"]) func theyNeedAKey(path: String) async throws {
        let service = try TestService { $0.apiKeys = ["sk-one"] }
        #expect(try await service.get(path).status == 401)
        #expect(try await service.get(path, headers: ["authorization": "Bearer sk-one"]).status == 200)
    }
}
