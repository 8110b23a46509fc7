import Synchronization

/// A queue between tasks with a fixed capacity: a sender waits while it is full, a receiver while it is empty.
///
/// Several tasks may send and several may receive. Order is kept. A cancelled task leaves the wait at once.
public final class BoundedChannel<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var isFinished = false
        var nextID = 0
        var senders: [Sender] = []
        var receivers: [Receiver] = []
    }

    private struct Sender: Sendable {
        let id: Int
        let element: Element
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct Receiver: Sendable {
        let id: Int
        let continuation: CheckedContinuation<Element?, Never>
    }

    private let capacity: Int
    private let state = Mutex(State())

    /// Makes an empty channel.
    /// - Parameter capacity: Elements that may wait, at least 1.
    public init(capacity: Int) { self.capacity = max(1, capacity) }

    /// Hands an element over, waiting for room.
    /// - Throws: `CancellationError` when the task is cancelled or the channel was finished.
    public func send(_ element: Element) async throws {
        let id = newID()
        let accepted = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                enqueue(id: id, element: element, continuation: continuation)
            }
        } onCancel: {
            let sender = state.withLock { state -> CheckedContinuation<Bool, Never>? in
                guard let index = state.senders.firstIndex(where: { $0.id == id }) else { return nil }
                return state.senders.remove(at: index).continuation
            }
            sender?.resume(returning: false)
        }
        if !accepted { throw CancellationError() }
    }

    /// The next element; nil when the channel is finished and empty, or the task is cancelled.
    public func next() async -> Element? {
        let id = newID()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                dequeue(id: id, continuation: continuation)
            }
        } onCancel: {
            let receiver = state.withLock { state -> CheckedContinuation<Element?, Never>? in
                guard let index = state.receivers.firstIndex(where: { $0.id == id }) else { return nil }
                return state.receivers.remove(at: index).continuation
            }
            receiver?.resume(returning: nil)
        }
    }

    /// No element follows.
    ///
    /// Waiting receivers get nil once the channel is empty; waiting senders are refused.
    public func finish() {
        let (senders, receivers) = state.withLock { state in
            state.isFinished = true
            defer {
                state.senders = []
                state.receivers = []
            }
            return (state.senders, state.receivers)
        }
        for sender in senders { sender.continuation.resume(returning: false) }
        for receiver in receivers { receiver.continuation.resume(returning: nil) }
    }

    private func newID() -> Int {
        state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
    }

    private func enqueue(id: Int, element: Element, continuation: CheckedContinuation<Bool, Never>) {
        // Continuations are resumed outside the lock.
        let resume = state.withLock { state -> (@Sendable () -> Void)? in
            // A cancellation that came before this point found no entry to remove, so it is looked for here.
            if state.isFinished || Task.isCancelled { return { continuation.resume(returning: false) } }
            if !state.receivers.isEmpty {
                let receiver = state.receivers.removeFirst().continuation
                return {
                    receiver.resume(returning: element)
                    continuation.resume(returning: true)
                }
            }
            guard state.elements.count < capacity else {
                state.senders.append(Sender(id: id, element: element, continuation: continuation))
                return nil
            }
            state.elements.append(element)
            return { continuation.resume(returning: true) }
        }
        resume?()
    }

    private func dequeue(id: Int, continuation: CheckedContinuation<Element?, Never>) {
        let resume = state.withLock { state -> (@Sendable () -> Void)? in
            if Task.isCancelled { return { continuation.resume(returning: nil) } }
            guard !state.elements.isEmpty else {
                if state.isFinished { return { continuation.resume(returning: nil) } }
                state.receivers.append(Receiver(id: id, continuation: continuation))
                return nil
            }
            let element = state.elements.removeFirst()
            let sender = state.senders.isEmpty ? nil : state.senders.removeFirst()
            if let sender { state.elements.append(sender.element) }
            return {
                sender?.continuation.resume(returning: true)
                continuation.resume(returning: element)
            }
        }
        resume?()
    }
}
