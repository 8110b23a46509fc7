import Foundation

/// What the machine that runs the tests offers beside the package itself.
public enum TestEnvironment {
    /// Path of the ONNX Runtime library: `PARLEY_ONNXRUNTIME`, else the one that the set-up put into the data
    /// directory (`PARLEY_DATA_DIR`, default `~/.local/share/parley`); nil when there is none.
    public static let onnxRuntimePath: String? = {
        if let path = variable("PARLEY_ONNXRUNTIME") { return existing(path) }
        return existing(dataDirectory + "/lib/libonnxruntime.so.1")
    }()

    /// Parley's data directory.
    public static let dataDirectory: String =
        variable("PARLEY_DATA_DIR") ?? FileManager.default.homeDirectoryForCurrentUser.path + "/.local/share/parley"

    /// Real speech with ground truth (`PARLEY_TEST_DATA`); nil where it is absent.
    public static let testData: String? = variable("PARLEY_TEST_DATA").flatMap(existing)

    /// A network of the bundled profile; nil when the set-up has not made it.
    public static func bundledModel(_ name: String) -> String? {
        existing("\(dataDirectory)/models/bundled/\(name).onnx")
    }

    /// The folder of the English PocketSphinx model, which may be absent.
    public static let pocketSphinxModel =
        variable("PARLEY_POCKETSPHINX_MODEL") ?? "/usr/share/pocketsphinx/model/en-us"

    /// Whether a file or folder exists.
    public static func exists(_ path: String) -> Bool { existing(path) != nil }

    /// A non-empty environment variable.
    public static func variable(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func existing(_ path: String) -> String? {
        FileManager.default.fileExists(atPath: path) ? path : nil
    }
}
