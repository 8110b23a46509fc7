import ParleyCore

/// What `/metrics` tells, from the same sources as `/processing-status`.
struct ServerMetrics {
    typealias Sample = PrometheusText.Sample

    let version: String
    let admission: AdmissionStatus
    let requests: RequestRegistry.Snapshot
    /// Models in memory, none of them twice.
    let models: [LoadedModel]
    let modelCounts: ModelCounts
    let devices: [DeviceMemoryReport]

    /// The whole answer.
    var text: String {
        var text = PrometheusText()
        text.add("parley_build_info", .gauge, "The version of the program.", [Sample(1, [("version", version)])])
        addRequests(&text)
        addModels(&text)
        addBatches(&text)
        addDevices(&text)
        return text.text
    }

    private func addRequests(_ text: inout PrometheusText) {
        text.add(
            "parley_http_requests_total", .counter, "Requests by route and status.",
            requests.answers.sorted { ($0.key.path, $0.key.status) < ($1.key.path, $1.key.status) }.map {
                answer, count in
                Sample(
                    count, [("method", answer.method), ("path", answer.path), ("status", String(answer.status))])
            })
        text.add("parley_requests_active", .gauge, "Transcriptions at work.", [Sample(admission.active)])
        text.add("parley_requests_active_max", .gauge, "Places.", [Sample(admission.maximumActive)])
        text.add("parley_requests_queued", .gauge, "Transcriptions that wait.", [Sample(admission.queued)])
        text.add("parley_requests_queued_max", .gauge, "Places in the queue.", [Sample(admission.maximumQueued)])
        let totals = requests.totals.sorted { $0.key < $1.key }
        text.add(
            "parley_transcriptions_total", .counter, "Transcriptions by model and how they ended.",
            totals.flatMap { model, totals in
                RequestRegistry.Outcome.allCases.map { outcome in
                    Sample(totals.outcomes[outcome] ?? 0, [("model", model), ("outcome", outcome.rawValue)])
                }
            })
        text.add(
            "parley_audio_seconds_total", .counter, "Seconds of audio that were worked on.",
            totals.map { Sample($1.audioSeconds, [("model", $0)]) })
        text.add(
            "parley_processing_seconds_total", .counter, "Seconds from getting a place to the end.",
            totals.map { Sample($1.processingSeconds, [("model", $0)]) })
        text.add(
            "parley_queue_wait_seconds", "Seconds until a transcription got its place.",
            histograms: [([], requests.queueWait)])
    }

    private func addModels(_ text: inout PrometheusText) {
        text.add("parley_models_loaded", .gauge, "Models in memory.", [Sample(models.count)])
        text.add(
            "parley_model_requests", .gauge, "Transcriptions that use a model.",
            models.map { Sample($0.requestCount, [("model", $0.id)]) })
        text.add("parley_model_loads_total", .counter, "Models loaded.", [Sample(modelCounts.loads)])
        text.add("parley_model_load_failures_total", .counter, "Loads that failed.", [Sample(modelCounts.failures)])
        text.add("parley_model_unloads_total", .counter, "Models that left memory.", [Sample(modelCounts.unloads)])
    }

    private func addBatches(_ text: inout PrometheusText) {
        let batching = models.compactMap { model in model.batching.map { (model: model.id, status: $0) } }
        func gauge(_ name: String, _ help: String, _ value: (BatchSchedulerStatus) -> Double) {
            text.add(name, .gauge, help, batching.map { Sample(value($0.status), [("model", $0.model)]) })
        }
        gauge("parley_batch_queued_rows", "Windows that wait for a batch.") { Double($0.queuedRows) }
        gauge("parley_batch_running_rows", "Windows in batches at work.") { Double($0.runningRows) }
        gauge("parley_batch_rows_max", "Most windows in a batch.") { Double($0.maximumBatch) }
        gauge("parley_batch_oldest_wait_seconds", "Wait of the window that waits longest.") {
            $0.oldestWait?.seconds ?? 0
        }
        text.add(
            "parley_batch_rows", "Windows in a batch.",
            histograms: batching.map { ([("model", $0.model)], Self.rows($0.status)) })
        text.add(
            "parley_batch_busy_seconds_total", .counter, "Seconds that a replica has spent in batches.",
            batching.flatMap { model, status in
                status.replicas.enumerated().map { index, replica in
                    Sample(replica.busyTime.seconds, [("model", model), ("replica", String(index))])
                }
            })
    }

    private func addDevices(_ text: inout PrometheusText) {
        func add(_ name: String, _ help: String, _ value: (DeviceMemoryReport) -> Int) {
            text.add(name, .gauge, help, devices.map { Sample(value($0), [("device", $0.device)]) })
        }
        add("parley_device_memory_total_bytes", "Memory that may be used.", \.totalBytes)
        add("parley_device_memory_free_bytes", "Memory that nobody uses.", \.freeBytes)
        add("parley_device_memory_reserved_bytes", "Memory set aside for transcriptions at work.", \.reservedBytes)
        add("parley_device_memory_waiting", "Transcriptions that wait for memory.", \.waitingCount)
        add("parley_device_memory_paused", "1 while new work waits because memory is short.") { $0.isPaused ? 1 : 0 }
    }

    /// Ends of ranges at powers of two, and at the largest batch.
    private static func rows(_ status: BatchSchedulerStatus) -> Histogram {
        var bounds: [Double] = []
        var bound = 1
        while bound < status.maximumBatch {
            bounds.append(Double(bound))
            bound *= 2
        }
        var histogram = Histogram(bounds: bounds + [Double(max(1, status.maximumBatch))])
        for (index, count) in status.batchesByRows.enumerated() { histogram.add(Double(index + 1), times: count) }
        return histogram
    }
}
