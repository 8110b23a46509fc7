/// The words of a command line, sorted into options and operands.
struct ParsedArguments: Sendable, Hashable {
    /// Values by option name in order of appearance; flags hold `true` or `false`.
    var values: [String: [String]] = [:]
    /// What is no option, in order; `-` stands for standard input.
    var operands: [String] = []

    /// The last value given for an option.
    func value(_ name: String) -> String? { values[name]?.last }

    /// Every value given for a repeatable option, comma lists taken apart.
    func list(_ name: String) -> [String] {
        (values[name] ?? []).flatMap { $0.split(separator: ",") }
            .map { String($0.trimmingBlanks) }.filter { !$0.isEmpty }
    }

    /// Whether a flag is there.
    func flag(_ name: String) -> Bool { value(name) == "true" }

    /// A whole number within a range; nil when the option is not given.
    func integer(_ name: String, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
        guard let text = value(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw UsageError(
                "--\(name) takes a whole number from \(range.lowerBound) to \(range.upperBound), not '\(text)'")
        }
        return number
    }
}

extension StringProtocol {
    /// Without blanks and line breaks at both ends.
    var trimmingBlanks: SubSequence {
        guard let first = firstIndex(where: { !$0.isWhitespace }),
            let last = lastIndex(where: { !$0.isWhitespace })
        else { return self[startIndex..<startIndex] }
        return self[first...last]
    }
}
