/// Cuts text into the pieces that byte pairs are merged within.
///
/// Equal to GPT-2's pattern `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
enum PreTokenizer {
    private enum Kind {
        case letter, number, blank, other
    }

    /// The pieces of a text, in order, as ranges of its UTF-8 bytes; they cover all of it.
    static func pieces(of text: String) -> [Range<Int>] {
        var kinds: [Kind] = []
        var scalars: [Unicode.Scalar] = []
        var offsets: [Int] = []
        var offset = 0
        for scalar in text.unicodeScalars {
            kinds.append(kind(of: scalar))
            scalars.append(scalar)
            offsets.append(offset)
            offset += UTF8.width(scalar)
        }
        offsets.append(offset)
        var pieces: [Range<Int>] = []
        var start = 0
        while start < kinds.count {
            let end = start + length(from: start, kinds: kinds, scalars: scalars)
            pieces.append(offsets[start]..<offsets[end])
            start = end
        }
        return pieces
    }

    /// Scalars of the piece that starts at a position.
    private static func length(from start: Int, kinds: [Kind], scalars: [Unicode.Scalar]) -> Int {
        if scalars[start] == "'", let length = contraction(scalars[(start + 1)...].prefix(2)) { return length }
        // A single space belongs to what follows it.
        let isSpace = scalars[start] == " "
        let body = isSpace && start + 1 < kinds.count && kinds[start + 1] != .blank ? start + 1 : start
        var end = body
        while end < kinds.count, kinds[end] == kinds[body] { end += 1 }
        // The last blank of several stays for the next piece, unless the text ends.
        if kinds[body] == .blank, end < kinds.count, end - body > 1 { end -= 1 }
        return end - start
    }

    /// Length of a contraction with its apostrophe, if these scalars after an apostrophe make one.
    private static func contraction(_ next: ArraySlice<Unicode.Scalar>) -> Int? {
        guard let first = next.first else { return nil }
        switch first {
        case "s", "t", "m", "d": return 2
        case "r", "v": return next.dropFirst().first == "e" ? 3 : nil
        case "l": return next.dropFirst().first == "l" ? 3 : nil
        default: return nil
        }
    }

    private static func kind(of scalar: Unicode.Scalar) -> Kind {
        if scalar.isASCII {
            switch scalar {
            case "a"..."z", "A"..."Z": return .letter
            case "0"..."9": return .number
            case " ", "\t"..."\r": return .blank
            default: return .other
            }
        }
        if scalar.properties.isWhitespace { return .blank }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return .letter
        case .decimalNumber, .letterNumber, .otherNumber: return .number
        default: return .other
        }
    }
}
