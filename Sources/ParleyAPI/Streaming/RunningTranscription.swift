import ParleyCore

/// A transcription at work, with its place and its files: letting it go stops the work, frees the place and removes
/// the files.
final class RunningTranscription: Sendable {
    let events: AsyncThrowingStream<TranscriptionEvent, any Error>
    private let ticket: AdmissionTicket
    private let files: [SpoolFile]
    private let record: RequestRecord

    init(
        events: AsyncThrowingStream<TranscriptionEvent, any Error>, ticket: AdmissionTicket, files: [SpoolFile],
        record: RequestRecord
    ) {
        self.events = events
        self.ticket = ticket
        self.files = files
        self.record = record
    }

    /// The next event; nil at the end.
    ///
    /// One caller at a time.
    func next() async throws -> TranscriptionEvent? {
        do {
            // An iterator holds nothing of its own, and so need not be kept between two events.
            var iterator = events.makeAsyncIterator()
            let event = try await iterator.next()
            // A stream whose task was cancelled ends without an error.
            if event == nil { try Task.checkCancellation() }
            event.map(record.note)
            return event
        } catch {
            record.end(error)
            throw error
        }
    }

    /// The whole result.
    /// - Throws: what the transcription throws.
    func transcript() async throws -> Transcript {
        while let event = try await next() {
            if case .finished(let transcript) = event { return transcript }
        }
        throw IncompleteTranscription()
    }

    /// The first event that shows that the recording can be read: text, or audio that is done.
    ///
    /// What fails before can still be answered with a status.
    func firstNews() async throws -> TranscriptionEvent {
        while let event = try await next() {
            switch event {
            case .progress(let progress) where progress.processedSeconds <= 0: continue
            case .progress, .segment, .finished: return event
            }
        }
        throw IncompleteTranscription()
    }
}

/// A transcriber that ended without a result: a fault of ours.
struct IncompleteTranscription: Error {}
