/// Names for people who have none: the letters A to Z, then AA, AB and so on.
public struct SpeakerLetters: Sendable {
    private var usedCount = 0

    /// From A on.
    public init() {}

    /// The next name, never one of those that others have.
    public mutating func next(except taken: [String] = []) -> String {
        while true {
            var number = usedCount
            usedCount += 1
            var letters = ""
            repeat {
                letters = String(UnicodeScalar(UInt8(65 + number % 26))) + letters
                number = number / 26 - 1
            } while number >= 0
            if !taken.contains(letters) { return letters }
        }
    }
}
