import ParleyCore
import ParleyInference

/// A window in a wave: its search and the rules of its request.
struct WaveWindow: Sendable {
    var search: any TokenSearch
    let rules: LogitRules
    /// Set when nobody wants the result any more.
    let cancellation: CancellationFlag
}

/// Windows decoded together, a token at a time, whose prompts have one length.
///
/// Windows whose search has ended, or that nobody wants any more, leave the batch at once.
struct DecodingWave {
    let network: any WhisperNetwork
    /// Most tokens that the network's cache holds.
    let contextLength: Int

    /// Windows that are still searched, in the order of their rows.
    private struct Live: Hashable {
        let index: Int
        var rowCount = 1
    }

    /// Searches until every window has ended.
    /// - Parameters:
    ///   - windows: The windows, with one row each in the cache.
    ///   - cache: What the prompts left.
    ///   - logits: The logits after the prompts, of shape [windows, any length, vocabulary]; the last count.
    ///   - cancellation: Stops the running network.
    /// - Throws: ``InferenceError`` or `CancellationError`.
    func run(
        _ windows: inout [WaveWindow], cache: DecoderCache, logits: Tensor, cancellation: CancellationFlag
    ) throws {
        var (cache, logits) = (cache, logits)
        var live = windows.indices.map { Live(index: $0) }
        var row = LogitRow(count: logits.shape.last ?? 0)
        while true {
            let before = live
            let step = advance(&windows, &live, logits: logits, row: &row)
            guard !step.tokens.isEmpty, cache.length < contextLength else { return }
            let selection = selection(step, from: cache, before: before, after: live)
            if selection != RowSelection() { cache = try network.select(selection, of: cache) }
            (cache, logits) = try network.advance(cache, tokens: step.tokens, cancellation: cancellation)
        }
    }

    /// Lets every search take its logits; those that have ended leave.
    private func advance(
        _ windows: inout [WaveWindow], _ live: inout [Live], logits: Tensor, row: inout LogitRow
    ) -> SearchStep {
        var all = SearchStep(tokens: [], sources: [])
        var (firstRow, remaining): (Int, [Live]) = (0, [])
        let (length, vocabulary) = (logits.shape[1], logits.shape[2])
        logits.withFloat32s { values in
            for var window in live {
                let first = firstRow
                firstRow += window.rowCount
                guard !windows[window.index].cancellation.isCancelled else { continue }
                let rules = windows[window.index].rules
                let step = windows[window.index].search.advance { source, tokens in
                    let start = ((first + source) * length + length - 1) * vocabulary
                    row.load(UnsafeBufferPointer(rebasing: values[start..<(start + vocabulary)]))
                    rules.apply(to: &row, after: tokens)
                    return row
                }
                guard !step.tokens.isEmpty else { continue }
                window.rowCount = step.tokens.count
                remaining.append(window)
                all.tokens += step.tokens
                all.sources += step.sources.map { first + $0 }
            }
        }
        live = remaining
        return all
    }

    /// Which rows go on.
    ///
    /// Rows of one window attend to the same audio: a single window needs only one row of it, and a search that only
    /// reorders its rows leaves it as it is.
    private func selection(
        _ step: SearchStep, from cache: DecoderCache, before: [Live], after: [Live]
    ) -> RowSelection {
        let ownCount = before.reduce(0) { $0 + $1.rowCount }
        let crossCount = cache.cross.first?.shape[network.batchAxis] ?? 0
        var selection = RowSelection()
        if step.sources != Array(0..<ownCount) { selection.own = step.sources }
        if after.count == 1, network.sharesCrossAttention {
            if crossCount > 1 { selection.cross = [step.sources[0]] }
        } else if before != after {
            selection.cross = step.sources
        }
        return selection
    }
}
