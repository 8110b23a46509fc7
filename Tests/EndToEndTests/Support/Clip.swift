import ParleyTestSupport
import Testing

/// A short recording of known words.
struct Clip {
    /// Where it is.
    let path: String
    /// What is said, in lower case.
    let words: Set<String>

    /// Lets flite say a sentence.
    /// - Parameters:
    ///   - text: Plain words.
    ///   - voice: One of flite's voices.
    ///   - name: Name of the file.
    ///   - folder: Where it goes.
    init(_ text: String, voice: String = "slt", name: String = "clip.wav", in folder: TemporaryFolder) throws {
        path = folder.path(name)
        words = Self.words(text)
        let flite = try #require(CommandLineTool("flite"), "flite is not installed: run `scripts/setup` first")
        try flite.run(["-voice", voice, "-t", text, "-o", path])
    }

    /// A sentence that the bundled recogniser understands.
    static func greeting(_ name: String = "clip.wav", in folder: TemporaryFolder) throws -> Clip {
        try Clip("good morning everyone and thank you for coming", name: name, in: folder)
    }

    /// Whether three of four words are in a text.
    func isUnderstood(in text: String) -> Bool {
        words.intersection(Self.words(text)).count * 4 >= words.count * 3
    }

    private static func words(_ text: String) -> Set<String> {
        Set(text.lowercased().split { !$0.isLetter }.map(String.init))
    }
}
