/// The moments at which a connection has waited long enough.
struct Deadlines {
    /// What is waited for.
    enum Kind: Int, CaseIterable {
        /// The end of a request head.
        case header
        /// The next request.
        case idle
        /// A byte of the body for a reader.
        case body
        /// The peer to take bytes.
        case write
        /// The peer to end the connection after our end.
        case linger
        /// The next look whether the peer is gone while nothing is read from it.
        case probe
    }

    private var instants = [ContinuousClock.Instant?](repeating: nil, count: Kind.allCases.count)

    subscript(kind: Kind) -> ContinuousClock.Instant? {
        get { instants[kind.rawValue] }
        set { instants[kind.rawValue] = newValue }
    }

    /// The first of all.
    var next: ContinuousClock.Instant? { instants.lazy.compactMap { $0 }.min() }

    /// Clears and returns those that have passed.
    mutating func takeExpired(at now: ContinuousClock.Instant) -> [Kind] {
        let expired = Kind.allCases.filter { self[$0].map { $0 <= now } ?? false }
        for kind in expired { self[kind] = nil }
        return expired
    }

    mutating func removeAll() { self = Deadlines() }
}
