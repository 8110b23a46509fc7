/// Which Parley this is.
enum ParleyVersion {
    /// Semantic version.
    static let current = "0.1.0"

    /// The Swift release that compiled it.
    static var compiler: String {
        #if compiler(>=6.5)
            "6.5 or later"
        #elseif compiler(>=6.4)
            "6.4"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }
}
