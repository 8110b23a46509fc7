import ParleyCore

/// Gives the voices of one window to people.
enum WindowAssignment {
    /// Different voices go to different people, as well as they fit.
    /// - Parameters:
    ///   - voices: The local speakers of one window.
    ///   - people: Unit vectors.
    /// - Returns: For each voice the index of a person.
    static func people(of voices: [LocalSpeaker], among people: [[Float]]) -> [Int] {
        guard !people.isEmpty else { return voices.map { _ in 0 } }
        let scores = voices.map { voice in people.map { Vector.dot(voice.direction, $0) } }
        // More voices than people: the left-over ones are parts of somebody who is there already.
        return zip(LinearAssignment.maximize(scores), scores).map { assigned, row in
            assigned ?? row.indices.max { row[$0] < row[$1] } ?? 0
        }
    }
}
