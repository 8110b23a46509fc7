import ParleyCore

import ParleyCore

/// Gives people their names: known ones by voice, the others letters in order of appearance, the same over time.
struct SpeakerNaming: Sendable {
    /// A voice with a name.
    struct NamedVoice: Sendable {
        let name: String
        let embedding: [Float]
    }

    /// Cosine similarity from which a person is taken for a known speaker; below it a stranger stays a stranger.
    let acceptance: Float
    /// The known speakers.
    let known: [NamedVoice]
    /// People who were named in an earlier decision about the same recording.
    private var earlier: [NamedVoice] = []
    private var letters = SpeakerLetters()

    init(acceptance: Float, known: [NamedVoice]) {
        self.acceptance = acceptance
        self.known = known
    }

    /// Names for people, each used once.
    /// - Parameter people: Unit vectors in order of first appearance.
    mutating func names(for people: [[Float]]) -> [String] {
        var names = [String?](repeating: nil, count: people.count)
        give(known, to: people, atLeast: acceptance, names: &names)
        let knownNames = Set(known.map(\.name))
        let free = earlier.filter { voice in !knownNames.contains(voice.name) && !names.contains(voice.name) }
        give(free, to: people, atLeast: 0, names: &names)
        let result = names.map { $0 ?? letters.next(except: known.map(\.name)) }
        earlier =
            zip(result, people).map { NamedVoice(name: $0, embedding: $1) }
            + earlier.filter { !result.contains($0.name) }
        return result
    }

    private func give(_ voices: [NamedVoice], to people: [[Float]], atLeast limit: Float, names: inout [String?]) {
        let open = people.indices.filter { names[$0] == nil }
        guard !open.isEmpty, !voices.isEmpty else { return }
        let scores = open.map { person in voices.map { Vector.dot(people[person], $0.embedding) } }
        for (row, column) in LinearAssignment.maximize(scores).enumerated() {
            if let column, scores[row][column] >= limit { names[open[row]] = voices[column].name }
        }
    }
}
