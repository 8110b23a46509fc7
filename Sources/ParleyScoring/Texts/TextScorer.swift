import ParleyCore

/// Concatenated minimum-permutation word error rate, cpWER.
///
/// After S. Watanabe et al., CHiME-6 challenge (2020). All that a speaker says is joined in the order of time; speakers of hypothesis and reference are paired so that the
/// errors are fewest; a speaker without a partner is compared with silence. Hungarian method over edit distances, as in
/// meeteval (T. von Neumann et al. 2023).
public struct TextScorer: Sendable {
    /// What is made alike before.
    public var normalization: TextNormalization

    /// Most speakers of one side of a recording.
    static let speakerLimit = 1_000

    /// Makes a scorer.
    public init(normalization: TextNormalization = .none) { self.normalization = normalization }

    /// The errors of one recording.
    /// - Throws: ``ScoringError`` (`tooLarge`) for more than 1,000 speakers.
    public func score(reference: [SpokenTurn], hypothesis: [SpokenTurn]) throws(ScoringError) -> TextScore {
        var numbers: [String: Int32] = [:]
        let said = texts(reference, &numbers)
        let heard = texts(hypothesis, &numbers)
        let size = max(said.count, heard.count)
        guard size <= Self.speakerLimit else {
            throw ScoringError(.tooLarge, "a recording of more than \(Self.speakerLimit) speakers is not scored")
        }
        let scores = (0..<size).map { row in
            (0..<size).map { column in
                -Double(EditDistance.distance(Self.words(said, row), Self.words(heard, column)))
            }
        }
        var score = TextScore()
        for case (let row, let column?) in LinearAssignment.maximize(scores).enumerated() {
            score.speakers.append(
                TextScore.Speaker(
                    reference: row < said.count ? said[row].speaker : nil,
                    hypothesis: column < heard.count ? heard[column].speaker : nil,
                    errors: EditDistance.errors(Self.words(said, row), Self.words(heard, column))))
        }
        return score
    }

    private typealias Text = (speaker: String, words: [Int32])

    /// What each speaker says, by name, each word as a number.
    private func texts(_ turns: [SpokenTurn], _ numbers: inout [String: Int32]) -> [Text] {
        var words: [String: [Int32]] = [:]
        for turn in turns.enumerated().sorted(by: Self.isEarlier).map(\.element) {
            var list = words[turn.speaker, default: []]
            words[turn.speaker] = nil
            for word in normalization.words(of: turn.text) {
                let number = numbers[word] ?? Int32(numbers.count)
                numbers[word] = number
                list.append(number)
            }
            words[turn.speaker] = list
        }
        return words.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static func isEarlier(
        _ left: (offset: Int, element: SpokenTurn), _ right: (offset: Int, element: SpokenTurn)
    ) -> Bool {
        (left.element.startSeconds, left.offset) < (right.element.startSeconds, right.offset)
    }

    private static func words(_ texts: [Text], _ index: Int) -> [Int32] {
        index < texts.count ? texts[index].words : []
    }
}

/// The word errors of a recording, speaker by speaker.
public struct TextScore: Sendable, Hashable {
    /// A pair of speakers; nil where one has no partner.
    public struct Speaker: Sendable, Hashable {
        /// Name in the reference.
        public var reference: String?
        /// Name in the hypothesis.
        public var hypothesis: String?
        /// Errors of all that they say.
        public var errors: WordErrors
    }

    /// All pairs.
    public var speakers: [Speaker] = []

    /// All errors.
    public var errors: WordErrors { speakers.reduce(WordErrors()) { $0 + $1.errors } }
}
