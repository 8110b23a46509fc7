import ParleyCore
import ParleyHTTP

/// `GET /processing-status` and `GET /metrics`.
enum StatusRoutes {
    static let processing = Operation(
        id: "processingStatus", tag: "Operation",
        summary: "Transcriptions at work and in the queue, models and their batches, memory of devices.",
        success: .json(schema: "ProcessingStatus"), errors: [401])
    static let metrics = Operation(
        id: "metrics", tag: "Operation", summary: "Metrics in the text format of Prometheus.", success: .metrics,
        errors: [401])

    static func value(_ entry: RequestRegistry.Entry, now: ContinuousClock.Instant) -> JSONValue {
        let progress = entry.totalSeconds.map { $0 > 0 ? min(1, entry.processedSeconds / $0) : 0 }
        return [
            "id": .string(entry.id), "task": .string(entry.task.rawValue), "model": .string(entry.model),
            "state": entry.admitted == nil ? "queued" : "active", "stage": .string(entry.stage.rawValue),
            "age_seconds": seconds(entry.began.duration(to: now)),
            "queue_seconds": seconds(entry.began.duration(to: entry.admitted ?? now)),
            "processed_seconds": .double(entry.processedSeconds),
            "total_seconds": entry.totalSeconds.map { .double($0) } ?? .null,
            "progress": progress.map { .double($0) } ?? .null,
        ]
    }

    static func value(_ model: LoadedModel) -> JSONValue {
        [
            "id": .string(model.id), "state": .string(model.state.rawValue), "requests": .int(model.requestCount),
            "idle_seconds": model.idle.map(seconds) ?? .null, "batching": model.batching.map(value) ?? .null,
        ]
    }

    static func value(_ batching: BatchSchedulerStatus) -> JSONValue {
        [
            "max_batch": .int(batching.maximumBatch), "queued_rows": .int(batching.queuedRows),
            "max_queued_rows": .int(batching.maximumQueued), "running_rows": .int(batching.runningRows),
            "oldest_wait_seconds": batching.oldestWait.map(seconds) ?? .null, "batches": .int(batching.batchCount),
            "rows": .int(batching.rowCount), "mean_fill": .double(batching.meanFill),
            "replicas": .array(
                batching.replicas.map { replica in
                    [
                        "running_rows": .int(replica.runningRows), "batches": .int(replica.batchCount),
                        "busy_seconds": seconds(replica.busyTime),
                    ]
                }),
        ]
    }

    static func value(_ device: DeviceMemoryReport) -> JSONValue {
        [
            "device": .string(device.device), "total_bytes": .int(device.totalBytes),
            "free_bytes": .int(device.freeBytes), "reserved_bytes": .int(device.reservedBytes),
            "waiting": .int(device.waitingCount), "paused": .bool(device.isPaused),
        ]
    }

    /// To the millisecond.
    private static func seconds(_ duration: Duration) -> JSONValue {
        .double(Double(duration.wholeMilliseconds) / 1_000)
    }
}

extension API {
    func processingStatus() -> HTTPResponse {
        let load = admission.status
        let now = registry.now()
        return .json([
            "active": .int(load.active), "queued": .int(load.queued), "max_active": .int(load.maximumActive),
            "max_queued": .int(load.maximumQueued), "draining": .bool(load.isDraining),
            "requests": .array(registry.snapshot.entries.map { StatusRoutes.value($0, now: now) }),
            "models": .array(modelOperations.loadedModels.map(StatusRoutes.value)),
            "devices": .array(deviceMemory().map(StatusRoutes.value)),
        ])
    }

    func metrics() -> HTTPResponse {
        let metrics = ServerMetrics(
            version: configuration.version, admission: admission.status, requests: registry.snapshot,
            models: modelOperations.loadedModels.filter { $0.state == .loaded },
            modelCounts: modelOperations.modelCounts, devices: deviceMemory())
        return HTTPResponse(
            status: 200, headers: ["content-type": "text/plain; version=0.0.4; charset=utf-8"],
            body: .bytes(Array(metrics.text.utf8)))
    }
}
