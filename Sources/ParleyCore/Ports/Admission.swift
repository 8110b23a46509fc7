import Synchronization

/// Decides how many requests are at work and how many may wait.
public protocol Admission: Sendable {
    /// Waits for a place among the requests at work, first come, first served.
    ///
    /// Cancelling the task gives up the wait.
    /// - Returns: The place; it is free again when the ticket is released or let go.
    /// - Throws: ``AdmissionError`` or `CancellationError`.
    func acquire() async throws -> AdmissionTicket

    /// Refuses at once what ``acquire()`` would refuse now, so that nobody sends a recording for nothing.
    /// - Throws: ``AdmissionError``
    func refuseWhenFull() throws

    /// How busy it is.
    var status: AdmissionStatus { get }
}

/// A place among the requests at work.
public final class AdmissionTicket: Sendable {
    private let onRelease: Mutex<(@Sendable () -> Void)?>

    /// Makes a ticket.
    /// - Parameter onRelease: Runs once, on the first ``release()`` or when the ticket is let go.
    public init(onRelease: @escaping @Sendable () -> Void) {
        self.onRelease = Mutex(onRelease)
    }

    deinit { release() }

    /// Gives the place back.
    ///
    /// Later calls do nothing.
    public func release() {
        let action = onRelease.withLock { action in
            defer { action = nil }
            return action
        }
        action?()
    }
}

/// How busy the server is.
public struct AdmissionStatus: Sendable, Hashable {
    /// Requests at work.
    public var active: Int
    /// Requests that wait.
    public var queued: Int
    /// The most requests at work.
    public var maximumActive: Int
    /// The most requests that may wait.
    public var maximumQueued: Int
    /// Whether no more requests are taken.
    public var isDraining: Bool

    /// Makes a status.
    public init(active: Int, queued: Int, maximumActive: Int, maximumQueued: Int, isDraining: Bool = false) {
        self.active = active
        self.queued = queued
        self.maximumActive = maximumActive
        self.maximumQueued = maximumQueued
        self.isDraining = isDraining
    }
}
