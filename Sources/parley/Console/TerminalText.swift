extension String {
    /// The text without what drives a terminal: names of files and recordings come from elsewhere.
    var safeForTerminals: String {
        String(String.UnicodeScalarView(unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
    }
}
