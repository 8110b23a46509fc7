import Foundation
import ParleyCore

/// How speech is to be found: `chunking_strategy`.
enum ChunkingStrategy: Sendable, Hashable {
    /// The server decides.
    case automatic
    /// Voice activity detection with these settings; the defaults are OpenAI's.
    case serverVAD(threshold: Double = 0.5, prefixPaddingMilliseconds: Int = 300, silenceMilliseconds: Int = 200)

    /// The members of the object, which is closed.
    static let memberNames = ["type", "threshold", "prefix_padding_ms", "silence_duration_ms"]
    static let name = "chunking_strategy"
    /// The longest time that either setting may have.
    static let maximumMilliseconds = 60_000

    /// Reads any of the encodings that clients send: `auto`, an object as JSON text, or one field for each member
    /// (`chunking_strategy[type]`).
    /// - Parameter fields: Member name (empty for the bare field) and value.
    /// - Throws: ``APIError``
    init?(fields: [(key: String, value: String)]) throws {
        let bare = fields.filter(\.key.isEmpty)
        guard let text = bare.first?.value else {
            var members: [String: String] = [:]
            for (key, value) in fields {
                guard members.updateValue(value, forKey: key) == nil else {
                    throw APIError.invalid("\(Self.name)[\(key)]", "The field is given more than once.")
                }
            }
            self = try Self(members: members)
            return
        }
        guard fields.count == 1 else {
            throw APIError.invalid(Self.name, "The field is given in two ways, or more than once.")
        }
        switch text {
        case "null": return nil
        case "auto": self = .automatic
        default: self = try Self(json: text)
        }
    }

    private init(json: String) throws {
        guard json.first == "{", let object = try? JSONDecoder().decode([String: Scalar].self, from: Data(json.utf8))
        else {
            throw APIError.invalid(Self.name, "Permitted values: 'auto', or an object with the type 'server_vad'.")
        }
        self = try Self(members: object.compactMapValues(\.text))
    }

    private init(members: [String: String]) throws {
        for key in members.keys where !Self.memberNames.contains(key) {
            let field = "\(Self.name)[\(key.prefix(64))]"
            throw APIError.invalid(
                field, "Unknown parameter: '\(field)'. Known are \(quotedList(Self.memberNames)).",
                code: "unknown_parameter")
        }
        switch members["type"] {
        case "server_vad": break
        case "auto" where members.count == 1:
            self = .automatic
            return
        default: throw APIError.invalid("\(Self.name)[type]", "Permitted values: 'server_vad'.")
        }
        func number<Number: LosslessStringConvertible & Comparable>(
            _ key: String, _ range: ClosedRange<Number>, otherwise standard: Number
        ) throws -> Number {
            guard let text = members[key] else { return standard }
            guard let value = Number(text), range.contains(value) else {
                throw APIError.invalid(
                    "\(Self.name)[\(key)]",
                    "The value must be a number from \(range.lowerBound) to \(range.upperBound).")
            }
            return value
        }
        self = .serverVAD(
            threshold: try number("threshold", 0...1, otherwise: 0.5),
            prefixPaddingMilliseconds: try number("prefix_padding_ms", 0...Self.maximumMilliseconds, otherwise: 300),
            silenceMilliseconds: try number("silence_duration_ms", 0...Self.maximumMilliseconds, otherwise: 200))
    }

    /// A member of the object as JSON has it; nil text for `null`.
    private struct Scalar: Decodable {
        var text: String?

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                text = nil
            } else if let integer = try? container.decode(Int.self) {
                text = String(integer)
            } else if let number = try? container.decode(Double.self) {
                text = String(number)
            } else {
                text = try container.decode(String.self)
            }
        }
    }

    /// The settings of the detector.
    ///
    /// The offset keeps its distance from the onset.
    /// - Parameter defaults: The server's own settings, which `auto` stands for.
    func speechDetection(_ defaults: SpeechDetectionOptions) -> SpeechDetectionOptions {
        var options = defaults
        guard case .serverVAD(let threshold, let padding, let silence) = self else { return options }
        options.offset = max(0, min(threshold, threshold + options.offset - options.onset))
        options.onset = threshold
        options.padding = .milliseconds(padding)
        options.minimumSilence = .milliseconds(silence)
        return options
    }
}
