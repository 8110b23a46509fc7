import ParleyAPI
import ParleyHub

/// What `parley models list` prints: a pure function of the models.
struct ModelList: Sendable {
    let models: [KnownModel]

    var json: JSONValue { .object([.init("models", .array(models.map(Self.json)))]) }

    /// A block for each model that is here, a row for each that is not.
    var text: String {
        let here = models.filter { $0.state != .available }.map(Self.block).joined()
        let offered = models.filter { $0.state == .available }
        let runnable = offered.filter { $0.family != nil }
        let others = offered.filter { $0.family == nil }
        return here + Self.table("To be had with parley models pull ID", runnable)
            + Self.table("Known, but not yet run by this version", others)
    }

    private static func json(_ model: KnownModel) -> JSONValue {
        let sizes = Precision.allCases.compactMap { precision in
            model.approximateByteCount(precision).map { JSONValue.Member(precision.rawValue, .int($0)) }
        }
        return [
            "id": .string(model.id), "state": .string(model.state.rawValue), "runnable": .bool(model.family != nil),
            "family": model.family.map { .string($0) } ?? .null, "summary": .string(model.summary),
            "languages": .array(model.languages.map { .string($0) }), "licence": .string(model.license),
            "non_commercial": .bool(model.isNonCommercial),
            "repository": model.repository.map { .string($0) } ?? .null,
            "commit": model.commit.map { .string($0) } ?? .null,
            "precisions": .array(model.precisions.map { .string($0.rawValue) }), "path": .string(model.path),
            "bytes": .int(model.byteCount), "approximate_bytes": .object(sizes),
            "missing_files": .array(model.missingFiles.map { .string($0) }),
        ]
    }

    private static func block(_ model: KnownModel) -> String {
        let rows = [
            ("state", model.state.rawValue + (model.family == nil ? ", not run by this version" : "")),
            ("summary", model.summary), ("languages", languages(model)), ("licence", license(model)),
            ("precision", model.precisions.map(\.rawValue).joined(separator: ", ")),
            ("source", model.repository.map { "\($0) \(model.commit?.prefix(12) ?? "")" } ?? ""),
            ("path", model.path), ("size", model.byteCount > 0 ? ByteCount.rounded(model.byteCount) : ""),
            ("missing", model.missingFiles.joined(separator: ", ")),
        ]
        let lines = rows.filter { !$0.1.isEmpty }.map { "  \($0.0.padding(to: 10)) \($0.1)\n" }
        return model.id + "\n" + lines.joined()
    }

    private static func table(_ title: String, _ models: [KnownModel]) -> String {
        guard !models.isEmpty else { return "" }
        let rows = models.map { model in
            let size = model.approximateByteCount(.suitingProcessors).map { "\(ByteCount.rounded($0)) as int8" } ?? ""
            return [model.id, size, languages(model), license(model), model.summary]
        }
        let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            let cells = zip(row, widths).map { $0.padding(to: $1) } + row.dropFirst(4)
            return "  " + cells.joined(separator: "  ").trimmingTail + "\n"
        }
        return "\n\(title):\n" + lines.joined()
    }

    private static func languages(_ model: KnownModel) -> String {
        model.languages.count > 4
            ? NumberText.counted(model.languages.count, "language") : model.languages.joined(separator: ", ")
    }

    private static func license(_ model: KnownModel) -> String {
        model.license + (model.isNonCommercial ? " (non-commercial)" : "")
    }
}

extension String {
    /// Filled up with blanks.
    func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

    /// Without blanks at the end.
    fileprivate var trimmingTail: String { String(reversed().drop { $0 == " " }.reversed()) }
}
