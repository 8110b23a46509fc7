import Foundation

/// An input and the names of what becomes of it.
struct PlannedInput: Sendable, Hashable {
    /// The operand as given; `-` is standard input.
    let operand: String
    /// How messages call it.
    let displayName: String
    /// Stem of its output files, unique within the run.
    let outputStem: String

    var isStandardInput: Bool { operand == "-" }
}

/// Names for inputs and outputs, given out before any work begins.
enum InputPlan {
    /// Gives every input a stem of its own: inputs of the same stem are numbered, the first keeps its name.
    static func make(_ operands: [String], command: String = "transcribe") throws(UsageError) -> [PlannedInput] {
        guard !operands.isEmpty else { throw UsageError("\(command) needs at least one FILE, or - for standard input") }
        guard operands.count(where: { $0 == "-" }) <= 1 else {
            throw UsageError("standard input can be read only once")
        }
        var taken = Set<String>()
        let stems = operands.map(stem)
        return zip(operands, stems).enumerated().map { index, pair in
            let (operand, stem) = pair
            var candidate = stem
            var number = 2
            // A numbered name must not take one that a later input has by right.
            let later = Set(stems[(index + 1)...])
            while taken.contains(candidate) || (candidate != stem && later.contains(candidate)) {
                candidate = "\(stem)-\(number)"
                number += 1
            }
            taken.insert(candidate)
            return PlannedInput(operand: operand, displayName: displayName(operand), outputStem: candidate)
        }
    }

    private static func displayName(_ operand: String) -> String {
        guard operand != "-" else { return "standard input" }
        return (operand as NSString).lastPathComponent.safeForTerminals
    }

    /// The file name without its extension.
    static func stem(_ operand: String) -> String {
        guard operand != "-" else { return "stdin" }
        let name = (operand as NSString).lastPathComponent
        let stem = (name as NSString).deletingPathExtension
        return stem.isEmpty ? name : stem
    }
}
