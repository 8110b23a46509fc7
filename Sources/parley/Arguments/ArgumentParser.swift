/// Reads a command line against a command's table of options.
///
/// `--name value`, `--name=value`, `--no-name` for switches, `-x` for letters, `--` ends the options. Options and
/// operands may be mixed.
struct ArgumentParser: Sendable {
    private let options: [OptionSpec]

    /// - Parameter options: The command's table; `--help` is added.
    init(options: [OptionSpec]) { self.options = options + [.help] }

    /// - Parameter words: What follows the command's name.
    func parse(_ words: [String]) throws(UsageError) -> ParsedArguments {
        var parsed = ParsedArguments()
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                parsed.operands += rest
                break
            } else if word.hasPrefix("--") {
                try parseLong(word.dropFirst(2), rest: &rest, into: &parsed)
            } else if word.hasPrefix("-"), word.count > 1 {
                try parseShort(word, rest: &rest, into: &parsed)
            } else {
                parsed.operands.append(word)
            }
        }
        return parsed
    }

    private func parseLong(
        _ word: Substring, rest: inout ArraySlice<String>, into parsed: inout ParsedArguments
    ) throws(UsageError) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts.first ?? "")
        let attached = parts.count > 1 ? String(parts[1]) : nil
        if let option = options.first(where: { $0.name == name }) {
            try store(option, written: "--\(name)", attached: attached, rest: &rest, into: &parsed)
        } else if let option = options.first(where: { $0.value == .onOff && "no-\($0.name)" == name }) {
            guard attached == nil else { throw UsageError("--\(name) takes no value") }
            parsed.values[option.name, default: []].append("false")
        } else {
            throw .unknown("option", "--\(name)", among: longNames)
        }
    }

    private func parseShort(
        _ word: String, rest: inout ArraySlice<String>, into parsed: inout ParsedArguments
    ) throws(UsageError) {
        guard word.count == 2, let option = options.first(where: { $0.short == word.last }) else {
            throw .unknown("option", word, among: longNames)
        }
        try store(option, written: word, attached: nil, rest: &rest, into: &parsed)
    }

    private func store(
        _ option: OptionSpec, written: String, attached: String?, rest: inout ArraySlice<String>,
        into parsed: inout ParsedArguments
    ) throws(UsageError) {
        let value: String
        switch option.value {
        case .flag, .onOff:
            guard attached == nil else { throw UsageError("\(written) takes no value") }
            value = "true"
        case .value(let placeholder):
            if let attached {
                value = attached
            } else if let next = rest.first, !next.hasPrefix("--") {
                value = next
                rest.removeFirst()
            } else {
                throw UsageError("\(written) needs a value: \(written) \(placeholder)")
            }
        }
        parsed.values[option.name, default: []].append(value)
    }

    private var longNames: [String] {
        options.flatMap { option in
            option.value == .onOff ? ["--\(option.name)", "--no-\(option.name)"] : ["--\(option.name)"]
        }
    }
}
