import ParleyInference

/// How many windows are decoded in one wave.
struct WaveLimits: Sendable {
    /// Most rows of the network's batch.
    let maximumRows: Int
    /// Whether the device has many more cores than a wave has rows.
    let isParallel: Bool

    /// Logits of prompts may take this much memory: the exports compute them for every token of a prompt.
    private static let promptLogitBytes = 256 << 20

    /// Windows per wave, at least 1.
    func windowsPerWave(_ bucket: WhisperBucket, vocabularySize: Int, network: any WhisperNetwork) -> Int {
        // One window's texts share one row of audio, which saves a processor more than a larger batch would.
        if bucket.candidateCount > 1, network.sharesCrossAttention, !isParallel { return 1 }
        let byMemory = Self.promptLogitBytes / max(1, bucket.promptLength * vocabularySize * 4)
        return max(1, min(maximumRows / bucket.candidateCount, byMemory))
    }
}
