/// Why a request got no place.
public enum AdmissionError: Error, Sendable, Hashable {
    /// The waiting line is full; worth another try after this time.
    case queueFull(retryAfter: Duration)
    /// No place became free within the longest wait; worth another try after this time.
    case timedOut(retryAfter: Duration)
    /// The server is shutting down.
    case draining
}
