/// The shared libraries that the process has loaded, as `/proc/self/maps` lists them.
///
/// The names of the files tell their versions, so that nothing has to be asked of the libraries themselves.
enum MappedLibraries {
    /// The libraries that Parley is linked with and that matter when something is wrong.
    private static let interesting = [
        "libavformat", "libavcodec", "libswresample", "libwebsockets", "libpocketsphinx",
    ]

    /// Paths of the mapped files, each once, in order of appearance.
    static func paths(_ maps: String) -> [String] {
        var seen = Set<String>()
        return maps.split(separator: "\n").compactMap { line in
            guard let start = line.firstIndex(of: "/") else { return nil }
            let path = String(line[start...])
            return seen.insert(path).inserted ? path : nil
        }
    }

    /// The interesting ones, in a fixed order.
    static func libraries(_ paths: [String]) -> [SystemFacts.Library] {
        interesting.compactMap { name in
            let mark = "/\(name).so."
            guard let path = paths.first(where: { $0.contains(mark) }), let range = path.firstRange(of: mark) else {
                return nil
            }
            return SystemFacts.Library(name: name, version: String(path[range.upperBound...]), path: path)
        }
    }
}
