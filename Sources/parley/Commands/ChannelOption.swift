import ParleyCore

/// The option that says what becomes of channels, shared by the commands that tell speakers apart.
enum ChannelOption {
    static let spec = OptionSpec(
        "channels", .value("MODE"), default: "mix",
        "mix: all channels together; split: each channel is one speaker, as in recordings of calls")

    /// - Parameter count: The number of speakers that the same command asks for.
    static func mode(_ arguments: ParsedArguments, count: SpeakerCount?) throws(UsageError) -> ChannelMode {
        switch arguments.value("channels") {
        case nil, "mix": return .mix
        case "split":
            guard count == nil else { throw UsageError("--channels split can't be combined with a number of speakers") }
            guard !SpeakerProfilesOption(arguments).isGiven else {
                throw UsageError("--channels split can't be combined with --speaker-profiles")
            }
            guard arguments.value("diarize") != "false" else {
                throw UsageError("--no-diarize can't be combined with --channels split")
            }
            return .split()
        case .some(let other): throw .unknown("mode of --channels", other, among: ["mix", "split"])
        }
    }
}
