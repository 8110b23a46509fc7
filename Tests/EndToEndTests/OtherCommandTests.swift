import Foundation
import ParleyTestSupport
import Testing

extension EndToEndTests {
    /// The commands around the transcription.
    @Suite(.timeLimit(.minutes(15))) struct OtherCommandTests {
        private struct Models: Decodable {
            struct Model: Decodable {
                let id: String
                let state: String
            }
            let models: [Model]
        }

        private struct Report: Decodable {
            struct Finding: Decodable {
                let status: String
                let subject: String
            }
            let usable: Bool
            let findings: [Finding]
        }

        @Test func modelsAreListed() async throws {
            let run = try await ParleyBinary.run(["models", "list", "--json"])
            #expect(run.status == 0)
            let models = try JSONDecoder().decode(Models.self, from: Data(run.output.utf8)).models
            #expect(models.contains { $0.id == "bundled" && $0.state == "installed" })
        }

        @Test func theDoctorFindsAWorkingInstallation() async throws {
            let run = try await ParleyBinary.run(["doctor", "--json", "--port", "0"])
            #expect(run.status == 0, "\(run.output)")
            let report = try JSONDecoder().decode(Report.self, from: Data(run.output.utf8))
            #expect(report.usable)
            #expect(report.findings.contains { $0.subject == "ONNX Runtime" && $0.status == "ok" })
        }

        @Test func theDoctorSaysWhatIsMissing() async throws {
            let empty = try TemporaryFolder()
            let run = try await ParleyBinary.run([
                "doctor", "--json", "--port", "0", "--data-dir", empty.url.path, "--onnxruntime-library",
                empty.path("none.so"),
            ])
            #expect(run.status == 69, "\(run.output)")
            let report = try JSONDecoder().decode(Report.self, from: Data(run.output.utf8))
            #expect(!report.usable)
        }

        @Test(arguments: [
            ["version"], ["--version"], ["help"], ["--help"], ["help", "serve"], ["transcribe", "--help"],
        ])
        func pagesAreShown(words: [String]) async throws {
            let run = try await ParleyBinary.run(words)
            #expect(run.status == 0)
            #expect(run.output.lowercased().contains("parley"))
            #expect(run.errors.isEmpty)
        }

        /// Words of a command line and how they end.
        static let refusals: [([String], Int32)] = [
            (["transcribe", "--frobnicate", "a.wav"], 64), (["frobnicate"], 64), ([], 64), (["transcribe"], 64),
            (["transcribe", "--format", "docx", "a.wav"], 64), (["transcribe", "--speakers", "0", "a.wav"], 64),
            (["serve", "--port", "99999"], 78), (["serve", "--model", "frobnicate", "--port", "0"], 69),
            (["serve", "--host", "192.0.2.1", "--port", "0"], 69), (["models", "list", "--config", "/nowhere"], 78),
        ]

        @Test(arguments: refusals)
        func whatCannotBeDoneHasItsExitCode(words: [String], status: Int32) async throws {
            let run = try await ParleyBinary.run(words)
            #expect(run.status == status, "\(run.errors)")
            #expect(!run.errors.isEmpty)
            #expect(run.output.isEmpty)
        }
    }
}
