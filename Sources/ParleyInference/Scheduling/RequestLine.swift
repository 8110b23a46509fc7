import ParleyCore

/// The requests of one priority that have rows in the queue or at work.
struct PriorityClass<Job: Sendable, Bucket: Hashable & Sendable> {
    typealias Line = RequestLine<Job, Bucket>

    /// In no order.
    private(set) var lines: [Line] = []
    /// Batches in a row that took nothing from here though there was something to take.
    var passedOver = 0

    private var byRequest: [RequestID: Line] = [:]

    /// The line of a request, if it has one.
    func line(of request: RequestID) -> Line? { byRequest[request] }

    /// The line of a request; a new one gets the stamp.
    mutating func line(of request: RequestID, stamp: UInt64) -> Line {
        if let line = byRequest[request] { return line }
        let line = Line(request: request, stamp: stamp, index: lines.count)
        lines.append(line)
        byRequest[request] = line
        return line
    }

    /// Forgets a line that has nothing in the queue or at work.
    mutating func dropIfUnused(_ line: Line) {
        guard line.isUnused else { return }
        byRequest[line.request] = nil
        lines.swapAt(line.index, lines.count - 1)
        lines[line.index].index = line.index
        lines.removeLast()
        if lines.isEmpty { passedOver = 0 }
    }
}

/// What one request has in the queue and at work.
final class RequestLine<Job: Sendable, Bucket: Hashable & Sendable> {
    typealias Row = BatchQueue<Job, Bucket>.Row

    /// Rows of one kind, in order.
    struct Kind {
        let kind: RowKind<Bucket>
        var rows: RowList<Row>
    }

    let request: RequestID
    /// Grows with each row that is begun or ended, over all requests.
    var stamp: UInt64
    /// Rows in batches that are being executed.
    var runningCount = 0
    /// Position among the lines of the priority.
    var index: Int
    /// Few, none of them empty.
    private(set) var kinds: [Kind] = []

    init(request: RequestID, stamp: UInt64, index: Int) {
        self.request = request
        self.stamp = stamp
        self.index = index
    }

    var isUnused: Bool { runningCount == 0 && kinds.isEmpty }

    func comesBefore(_ other: RequestLine) -> Bool {
        (runningCount, stamp) < (other.runningCount, other.stamp)
    }

    /// The kind of the row that is next for a replica: one that has begun, else the oldest.
    /// - Parameter bucket: Nil for any.
    func firstKind(for replica: Int, bucket: Bucket? = nil) -> RowKind<Bucket>? {
        var best: (isNew: Bool, id: UInt64, kind: RowKind<Bucket>)?
        for candidate in kinds where candidate.kind.suits(replica) {
            if let bucket, candidate.kind.bucket != bucket { continue }
            guard let row = candidate.rows.first else { continue }
            let isNew = candidate.kind.replica == nil
            if let best, (best.isNew ? 1 : 0, best.id) < (isNew ? 1 : 0, row.id) { continue }
            best = (isNew, row.id, candidate.kind)
        }
        return best?.kind
    }

    func append(_ row: Row, kind: RowKind<Bucket>) {
        if let index = kinds.firstIndex(where: { $0.kind == kind }) {
            kinds[index].rows.append(row)
        } else {
            kinds.append(Kind(kind: kind, rows: RowList(row)))
        }
    }

    func removeFirst(of kind: RowKind<Bucket>) -> Row? {
        guard let index = kinds.firstIndex(where: { $0.kind == kind }) else { return nil }
        defer { if kinds[index].rows.isEmpty { kinds.remove(at: index) } }
        return kinds[index].rows.removeFirst()
    }

    func remove(_ id: UInt64) -> Row? {
        for index in kinds.indices {
            guard let row = kinds[index].rows.remove(where: { $0.id == id }) else { continue }
            if kinds[index].rows.isEmpty { kinds.remove(at: index) }
            return row
        }
        return nil
    }
}

/// A list that is appended to at the end and mostly taken from at the front, without moving the rest each time.
struct RowList<Element> {
    /// Those before `head` were taken and are nil.
    private var elements: [Element?]
    private var head = 0

    init(_ first: Element) { elements = [first] }

    var isEmpty: Bool { head == elements.count }
    var first: Element? { isEmpty ? nil : elements[head] }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func removeFirst() -> Element? {
        guard !isEmpty else { return nil }
        let element = elements[head]
        elements[head] = nil
        head += 1
        if head > 64, head * 2 > elements.count {
            elements.removeFirst(head)
            head = 0
        }
        return element
    }

    mutating func remove(where matches: (Element) -> Bool) -> Element? {
        let index = elements.indices.dropFirst(head).first { elements[$0].map(matches) ?? false }
        return index.flatMap { elements.remove(at: $0) }
    }
}
