import Foundation
import ParleyCore
import ParleyTestSupport
import Testing

@testable import ParleySpeech

@Suite struct NumpyArchiveTests {
    private func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: ClusteringReference.file(name)))
    }

    /// Reads all arrays of an archive of these bytes.
    private func read(_ bytes: [UInt8], _ keys: [String]) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("a.npz", bytes)
        try withExtendedLifetime(folder) {
            let archive = try NumpyArchive(contentsOf: URL(fileURLWithPath: file))
            for key in keys { _ = try archive.array(key) }
        }
    }

    @Test func readsStoredAndDeflatedArrays() throws {
        let stored = try NumpyArchive(contentsOf: ClusteringReference.file("xvec_transform.npz"))
        let lda = try stored.array("lda")
        #expect(lda.shape == [24, 12])
        #expect(lda.values.count == 288)
        let deflated = try NumpyArchive(contentsOf: ClusteringReference.file("plda.npz"))
        #expect(try deflated.array("tr").shape == [12, 12])
        #expect(try deflated.array("psi").values.allSatisfy { (0.2...8).contains($0) })
        #expect(throws: InferenceError.self) { try deflated.array("nothing") }
    }

    @Test(arguments: [("xvec_transform.npz", ["mean1", "mean2", "lda"]), ("plda.npz", ["mu", "tr", "psi"])])
    func damagedFilesAreRefused(_ name: String, _ keys: [String]) throws {
        let good = try bytes(name)
        try read(good, keys)
        for count in stride(from: 0, to: good.count, by: 97) {
            #expect(throws: InferenceError.self) { try read(Array(good.prefix(count)), keys) }
        }
        // Some damage is in fields that say nothing of the numbers; none is a crash.
        var random = SplitMix64(seed: 7)
        var refused = 0
        for _ in 0..<300 {
            var bad = good
            for _ in 0..<3 {
                bad[Int.random(in: 0..<bad.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            do { try read(bad, keys) } catch is InferenceError { refused += 1 }
        }
        #expect(refused > 200)
    }

    @Test func aMemberThatUnpacksToMoreThanItSaysIsRefused() throws {
        var bad = try bytes("plda.npz")
        let directory = try #require(
            bad.indices.dropLast(4).first { Array(bad[$0..<$0 + 4]) == [0x50, 0x4b, 0x01, 0x02] })
        // The unpacked size of the first member, and an honest checksum is of no help.
        bad[directory + 24] = 16
        bad[directory + 25] = 0
        #expect(throws: InferenceError.self) { try read(bad, ["mu", "tr", "psi"]) }
        for offset in 24..<28 { bad[directory + offset] = 0xff }
        #expect(throws: InferenceError.self) { try read(bad, ["mu", "tr", "psi"]) }
    }
}
