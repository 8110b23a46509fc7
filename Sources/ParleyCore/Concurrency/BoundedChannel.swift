import Synchronization

/// A queue between tasks with a fixed capacity: a sender waits while it is full, a receiver while it is empty.
///
/// Several tasks may send and several may receive. Order is kept. A cancelled task leaves the wait at once.
public final class BoundedChannel<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var isFinished = false
        var nextID = 0
        var senders: [(id: Int, element: Element, continuation: CheckedContinuation<Bool, Never>)] = []
        var receivers: [(id: Int, continuation: CheckedContinuation<Element?, Never>)] = []
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

    /// No element follows. Waiting receivers get nil once the channel is empty; waiting senders are refused.
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
        enum Outcome {
            case refused, stored, waiting
            case handed(CheckedContinuation<Element?, Never>)
        }
        let outcome = state.withLock { state -> Outcome in
            // A cancellation that came before this point found no entry to remove, so it is looked for here.
            if state.isFinished || Task.isCancelled { return .refused }
            if !state.receivers.isEmpty { return .handed(state.receivers.removeFirst().continuation) }
            if state.elements.count < capacity {
                state.elements.append(element)
                return .stored
            }
            state.senders.append((id, element, continuation))
            return .waiting
        }
        switch outcome {
        case .refused: continuation.resume(returning: false)
        case .stored: continuation.resume(returning: true)
        case .waiting: break
        case .handed(let receiver):
            receiver.resume(returning: element)
            continuation.resume(returning: true)
        }
    }

    private func dequeue(id: Int, continuation: CheckedContinuation<Element?, Never>) {
        enum Outcome {
            case ended, waiting
            case element(Element, unblocked: CheckedContinuation<Bool, Never>?)
        }
        let outcome = state.withLock { state -> Outcome in
            if Task.isCancelled { return .ended }
            guard !state.elements.isEmpty else {
                if state.isFinished { return .ended }
                state.receivers.append((id, continuation))
                return .waiting
            }
            let element = state.elements.removeFirst()
            guard !state.senders.isEmpty else { return .element(element, unblocked: nil) }
            let sender = state.senders.removeFirst()
            state.elements.append(sender.element)
            return .element(element, unblocked: sender.continuation)
        }
        switch outcome {
        case .ended: continuation.resume(returning: nil)
        case .waiting: break
        case .element(let element, let sender):
            sender?.resume(returning: true)
            continuation.resume(returning: element)
        }
    }
}
