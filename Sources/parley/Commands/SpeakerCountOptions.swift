import ParleyCore

/// The options that say how many speakers there are, shared by the commands that tell them apart.
enum SpeakerCountOptions {
    static let specs = [
        OptionSpec("speakers", .value("N"), "Exactly this many speakers"),
        OptionSpec("min-speakers", .value("N"), "At least this many speakers"),
        OptionSpec("max-speakers", .value("N"), "At most this many speakers"),
    ]

    /// - Returns: nil when none of them is given.
    static func count(_ arguments: ParsedArguments) throws(UsageError) -> SpeakerCount? {
        let exact = try arguments.integer("speakers", in: 1...100)
        let minimum = try arguments.integer("min-speakers", in: 1...100)
        let maximum = try arguments.integer("max-speakers", in: 1...100)
        if exact != nil, minimum != nil || maximum != nil {
            throw UsageError("--speakers can't be combined with --min-speakers or --max-speakers")
        }
        if let minimum, let maximum, minimum > maximum {
            throw UsageError("--min-speakers \(minimum) is more than --max-speakers \(maximum)")
        }
        if let exact { return .exactly(exact) }
        return minimum == nil && maximum == nil ? nil : .automatic(minimum: minimum, maximum: maximum)
    }
}
