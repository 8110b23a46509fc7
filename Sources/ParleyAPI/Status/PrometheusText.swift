/// Metrics in the text format 0.0.4 of Prometheus.
struct PrometheusText {
    /// Kinds of metrics.
    enum Kind: String, Sendable {
        case counter
        case gauge
        case histogram
    }

    typealias Labels = [(name: String, value: String)]

    /// A number and what it is of.
    struct Sample {
        let labels: Labels
        let value: Double

        init(_ value: Double, _ labels: Labels = []) {
            self.labels = labels
            self.value = value
        }

        init(_ value: Int, _ labels: Labels = []) { self.init(Double(value), labels) }
    }

    /// The text so far.
    private(set) var text = ""

    /// Adds a metric; one without samples is left out.
    mutating func add(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
        guard !samples.isEmpty else { return }
        describe(name, kind, help)
        for sample in samples { write(name, sample.labels, sample.value) }
    }

    /// Adds a histogram; one without samples is left out.
    mutating func add(_ name: String, _ help: String, histograms: [(labels: Labels, histogram: Histogram)]) {
        guard !histograms.isEmpty else { return }
        describe(name, .histogram, help)
        for (labels, histogram) in histograms {
            var total = 0
            for (index, count) in histogram.counts.enumerated() {
                total += count
                let bound = index < histogram.bounds.count ? Self.number(histogram.bounds[index]) : "+Inf"
                write(name + "_bucket", labels + [("le", bound)], Double(total))
            }
            write(name + "_sum", labels, histogram.sum)
            write(name + "_count", labels, Double(total))
        }
    }

    private mutating func describe(_ name: String, _ kind: Kind, _ help: String) {
        text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
    }

    private mutating func write(_ name: String, _ labels: Labels, _ value: Double) {
        text += name
        if !labels.isEmpty {
            let pairs = labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }
            text += "{\(pairs.joined(separator: ","))}"
        }
        text += " \(Self.number(value))\n"
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : value.description
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        let text = text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        return quotes ? text.replacing("\"", with: "\\\"") : text
    }
}
