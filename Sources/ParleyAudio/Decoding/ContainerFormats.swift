/// Which containers are opened, by FFmpeg's names for their readers.
///
/// An allow list, because new readers appear with every release of FFmpeg and some of them (playlists, concatenations,
/// session descriptions, image sequences, test sources) open further files or addresses that the file names.
enum ContainerFormats {
    /// Containers that hold a recording by themselves.
    static let allowed: [String] = [
        // uncompressed
        "wav", "w64", "aiff", "au", "caf", "voc", "sox", "nistsphere", "ircam",
        // compressed audio
        "flac", "mp3", "aac", "loas", "ac3", "eac3", "dts", "amr", "amrnb", "amrwb", "wv", "ape", "tta", "tak", "mpc",
        "mpc8", "shn",
        // audio with or without video
        "ogg", "matroska", "webm", "mov", "mp4", "m4a", "3gp", "3g2", "avi", "asf", "flv", "mpegts", "mpeg", "dv",
        "mxf",
    ]

    /// Formats whose only purpose is to name other files or addresses.
    static let references: Set<String> = [
        "hls", "applehttp", "concat", "dash", "webm_dash_manifest", "imf", "sdp", "rtsp", "rtp", "image2", "vobsub",
    ]

    /// Whether a reader, by its comma-separated names, is on a list.
    static func isAllowed(_ names: String) -> Bool { split(names).contains(where: allowed.contains) }

    /// Whether a reader, by its comma-separated names, is one of ``references``.
    static func isReference(_ names: String) -> Bool { split(names).contains(where: references.contains) }

    private static func split(_ names: String) -> [String] { names.split(separator: ",").map(String.init) }
}
