/// How the process ends.
///
/// The numbers of 64 and above are those of BSD's `sysexits.h`.
enum ExitCode: Int32, Sendable, CaseIterable {
    case success = 0
    case someInputsFailed = 1
    case allInputsFailed = 2
    case usage = 64
    case badInput = 65
    case missingInput = 66
    case unavailable = 69
    case internalFailure = 70
    case cannotCreateOutput = 73
    case overloaded = 75
    case badConfiguration = 78
    case interrupted = 130
    case brokenPipe = 141
    case terminated = 143

    /// What the help and the documentation say about it.
    var meaning: String {
        switch self {
        case .success: "Everything was done"
        case .someInputsFailed: "Some of several inputs failed"
        case .allInputsFailed: "All of several inputs failed"
        case .usage: "The command line can't be understood"
        case .badInput: "The input is no recording that can be transcribed, or asks for what the model can't do"
        case .missingInput: "The input does not exist or can't be read"
        case .unavailable: "A library, a model or an address that is needed is not there; parley doctor says more"
        case .internalFailure: "A fault of Parley or of this machine"
        case .cannotCreateOutput: "The output can't be written"
        case .overloaded: "Too much work at the moment; try again later"
        case .badConfiguration: "A setting is wrong; every wrong one is listed"
        case .interrupted: "Stopped by Ctrl-C (SIGINT)"
        case .brokenPipe: "The reader of the output has gone (SIGPIPE)"
        case .terminated: "Stopped by SIGTERM"
        }
    }
}
