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

    /// A non-empty environment variable.
    public static func variable(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func existing(_ path: String) -> String? {
        FileManager.default.fileExists(atPath: path) ? path : nil
    }
}
