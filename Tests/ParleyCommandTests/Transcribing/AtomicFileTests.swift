import Foundation
import ParleyCore
import Testing

@testable import parley

@Suite struct AtomicFileTests {
    @Test func replacesAndLeavesNothingBeside() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("a.txt", "old")
        let temporaryFiles = TemporaryFiles()
        try AtomicFile.write("new", to: path, temporaryFiles: temporaryFiles)
        #expect(try folder.text("a.txt") == "new")
        #expect(folder.names == ["a.txt"])
        temporaryFiles.removeAll()
        #expect(folder.names == ["a.txt"])
    }

    @Test func aFailureKeepsTheOldFile() throws {
        let folder = try TemporaryFolder()
        // A folder of that name can't be replaced by a file.
        _ = try folder.file("a.txt/inside")
        let error = try #require(throws: CommandFailure.self) {
            try AtomicFile.write("new", to: folder.path + "/a.txt", temporaryFiles: TemporaryFiles())
        }
        #expect(error.exitCode == .cannotCreateOutput)
        #expect(folder.names == ["a.txt"])
        #expect(throws: CommandFailure.self) {
            try AtomicFile.write("new", to: folder.path + "/no/b.txt", temporaryFiles: TemporaryFiles())
        }
    }

    @Test func aForcedEndRemovesWhatIsRegistered() throws {
        let folder = try TemporaryFolder()
        let (left, kept) = (try folder.file("left"), try folder.file("kept"))
        let temporaryFiles = TemporaryFiles()
        temporaryFiles.register(left)
        temporaryFiles.register(kept)
        temporaryFiles.forget(kept)
        temporaryFiles.removeAll()
        #expect(folder.names == ["kept"])
    }
}

@Suite struct StandardInputSpoolTests {
    private func pipe(_ bytes: [UInt8], closing: Bool = true) throws -> Pipe {
        let pipe = Pipe()
        try pipe.fileHandleForWriting.write(contentsOf: bytes)
        if closing { try pipe.fileHandleForWriting.close() }
        return pipe
    }

    @Test func keepsAllBytesInAPrivateFile() throws {
        let bytes = (0..<50_000).map { UInt8(truncatingIfNeeded: $0) }
        let source = try pipe(bytes)
        let temporaryFiles = TemporaryFiles()
        let path = try StandardInputSpool.spool(
            from: source.fileHandleForReading.fileDescriptor, temporaryFiles: temporaryFiles,
            cancellation: CancellationFlag())
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(FileManager.default.contents(atPath: path) == Data(bytes))
        temporaryFiles.remove(path)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func givesUpWhenCancelled() throws {
        let source = try pipe([1], closing: false)
        let flag = CancellationFlag()
        flag.cancel()
        #expect(throws: CancellationError.self) {
            try StandardInputSpool.spool(
                from: source.fileHandleForReading.fileDescriptor, temporaryFiles: TemporaryFiles(), cancellation: flag)
        }
    }
}
