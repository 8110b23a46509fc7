import Foundation
import ParleyCore
import ParleyTestSupport
import Testing

@testable import ParleyInference

struct OnnxRuntimeTests {
    @Test(.enabled(if: hasOnnxRuntime, onnxRuntimeHint))
    func loadsOncePerLibrary() throws {
        let path = try #require(TestEnvironment.onnxRuntimePath)
        let first = try OnnxRuntime.load(libraryPath: path)
        let second = try OnnxRuntime.load(libraryPath: path, options: RuntimeOptions(intraOpThreadCount: 7))
        #expect(first === second)
        #expect(first.version.hasPrefix("1."))
        #expect(first.availableProviders.contains("CPUExecutionProvider"))
    }

    @Test(.enabled(if: hasOnnxRuntime, onnxRuntimeHint))
    func loadsTheFirstCandidateThatExists() throws {
        let path = try #require(TestEnvironment.onnxRuntimePath)
        let runtime = try OnnxRuntime.load(firstOf: ["/nonexistent/libonnxruntime.so.1", path, "/dev/null"])
        #expect(runtime === (try OnnxRuntime.load(libraryPath: path)))
    }

    @Test func aMissingLibraryIsNamedInTheLogOnly() {
        let error = inferenceError { _ = try OnnxRuntime.load(libraryPath: "/nonexistent/libonnxruntime.so.1") }
        #expect(error?.code == .libraryMissing)
        #expect(error?.message.contains("/nonexistent") == false)
        #expect(error?.underlying?.contains("/nonexistent") == true)
        #expect(inferenceError { _ = try OnnxRuntime.load(firstOf: []) }?.code == .libraryMissing)
    }

    @Test func aFileThatIsNoLibraryIsIncompatible() throws {
        let folder = try TemporaryFolder()
        for contents in ["", "not a library", "\u{7f}ELF and then nonsense"] {
            let path = try folder.write("libonnxruntime.so", Array(contents.utf8))
            #expect(
                inferenceError { _ = try OnnxRuntime.load(libraryPath: path) }?.code == .libraryIncompatible,
                "\(contents)")
        }
        #expect(
            inferenceError { _ = try OnnxRuntime.load(libraryPath: folder.url.path) }?.code == .libraryIncompatible)
    }

    @Test func anotherLibraryIsIncompatible() throws {
        let candidates = ["/lib/x86_64-linux-gnu/libm.so.6", "/lib/aarch64-linux-gnu/libm.so.6", "/lib64/libm.so.6"]
        let path = try #require(candidates.first { FileManager.default.fileExists(atPath: $0) })
        let error = inferenceError { _ = try OnnxRuntime.load(libraryPath: path) }
        #expect(error?.code == .libraryIncompatible)
        #expect(error?.underlying?.contains("OrtGetApiBase") == true)
    }

    @Test func anOldLibraryIsIncompatible() {
        let error = inferenceError { _ = try OrtLibrary.table(version: "1.8.0") { _ in nil } }
        #expect(error?.code == .libraryIncompatible)
        #expect(error?.message.contains("1.8.0") == true)
    }

    @Test func candidatesStartInTheDataDirectory() {
        let candidates = OnnxRuntime.defaultLibraryCandidates(dataDirectory: "/data")
        #expect(candidates.first == "/data/lib/libonnxruntime.so.1")
        #expect(candidates.contains("/usr/lib/libonnxruntime.so.1"))
    }

    @Test(arguments: [
        ("150000 100000\n", 2), ("100000 100000", 1), ("50000 100000", 1), ("400000 100000", 4), ("max 100000", nil),
        ("", nil), ("0 100000", nil), ("100000 0", nil), ("-1 100000", nil), ("nan nan", nil), ("1e300 1", nil),
    ])
    func readsTheContainersQuota(line: String, cores: Int?) {
        #expect(AvailableCores.quotaCores(line) == cores)
    }

    @Test func someCoreIsAvailable() {
        #expect(AvailableCores.count() >= 1)
    }
}
