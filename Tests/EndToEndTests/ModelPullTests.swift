import Foundation
import ParleyTestSupport
import Testing

extension EndToEndTests {
    /// `parley models pull` against a hub on this machine.
    @Suite(.timeLimit(.minutes(15))) struct ModelPullTests {
        private static let encoder = "onnx/encoder_model_int8.onnx"

        private struct Pulled: Decodable {
            let state: String
            let path: String
            let received: Int

            private enum CodingKeys: String, CodingKey {
                case state, path
                case received = "received_bytes"
            }
        }

        private let hub: LocalHub
        private let data: TemporaryFolder
        private let weights = (0..<2_000_000).map { UInt8(truncatingIfNeeded: $0 &* $0 / 255 ^ $0) }

        init() throws {
            hub = try LocalHub()
            data = try TemporaryFolder()
            let files: [String: [UInt8]] = [
                Self.encoder: weights, "onnx/decoder_model_merged_int8.onnx": Array(weights.prefix(1_000)),
                "tokenizer.json": Array("{}".utf8),
            ]
            try hub.add(files, to: "onnx-community/whisper-tiny_timestamped")
            try hub.add(files, to: "parley/tiny")
        }

        private func start(_ words: [String], _ environment: [String: String] = [:]) throws -> ChildProcess {
            let settings = ["PARLEY_DATA_DIR": data.url.path, "HF_ENDPOINT": hub.url, "NO_PROXY": "*"]
            return try ChildProcess(
                ParleyBinary.path(), words, environment: settings.merging(environment) { $1 }, keeping: data)
        }

        private func run(_ words: String..., with environment: [String: String] = [:]) async throws
            -> ChildProcess.Outcome
        {
            try await start(words, environment).outcome(within: .seconds(60))
        }

        private func pulled(_ outcome: ChildProcess.Outcome) throws -> Pulled {
            #expect(outcome.status == 0, "\(outcome.errors)")
            return try JSONDecoder().decode(Pulled.self, from: Data(outcome.output.utf8))
        }

        private func encoder(in folder: String) -> [UInt8]? {
            FileManager.default.contents(atPath: folder + "/" + Self.encoder).map { Array($0) }
        }

        /// Bytes of the parts that are in the data folder.
        private var partByteCount: Int {
            let folder = data.url.appendingPathComponent("models/.partial/parley--tiny")
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            return names.filter { $0.hasSuffix(".part") }.reduce(0) {
                $0 + ((try? FileManager.default.attributesOfItem(atPath: folder.path + "/" + $1)[.size] as? Int) ?? 0)
            }
        }

        @Test func aModelOfTheCatalogIsPulledListedNamedAndRemoved() async throws {
            let first = try await run("models", "pull", "whisper-tiny", "--anyway", "--json")
            let model = try pulled(first)
            #expect(model.state == "installed" && encoder(in: model.path) == weights)
            #expect(try pulled(await run("models", "pull", "whisper-tiny", "--anyway", "--json")).received == 0)
            let list = try await run("models", "list")
            #expect(list.output.contains("\nwhisper-tiny\n  state      installed"))
            #expect(list.output.contains("source     onnx-community/whisper-tiny_timestamped"))
            // The weights are no networks, so it ends when they are loaded; the id was understood.
            let use = try await run("transcribe", "--model", "whisper-tiny", "/dev/null")
            #expect(use.status == 69 && !use.errors.contains("No model is called") && !use.errors.contains("pull"))
            #expect(try await run("models", "remove", "whisper-tiny").status == 0)
            #expect(try await run("models", "remove", "whisper-tiny").status == 69)
            #expect(try FileManager.default.contentsOfDirectory(atPath: data.path("models")) == [".partial"])
        }

        @Test(arguments: 1...3)
        func aKilledPullGoesOn(_ round: Int) async throws {
            let count = Int.random(in: 1...1_999_999)
            try hub.fail(.init("hold", on: "storage", match: Self.encoder, bytes: count))
            let process = try start(["models", "pull", "parley/tiny"])
            try await process.wait(for: "\(count) bytes", within: .seconds(60)) { partByteCount >= count }
            process.signal(SIGKILL)
            #expect(try await process.outcome(within: .seconds(30)).status == 128 + SIGKILL)
            try hub.release()
            let model = try pulled(await run("models", "pull", "parley/tiny", "--json"))
            #expect(model.received == 2_000_000 - count + 2, "cut after \(count) bytes")
            #expect(encoder(in: model.path) == weights)
        }

        @Test func ctrlCLeavesAPartAndItsExitCode() async throws {
            try hub.fail(.init("hold", on: "storage", match: Self.encoder, bytes: 500_000))
            let process = try start(["models", "pull", "parley/tiny"])
            try await process.wait(for: "a part", within: .seconds(60)) { partByteCount >= 500_000 }
            process.signal(SIGINT)
            #expect(try await process.outcome(within: .seconds(30)).status == 130)
            try hub.release()
            #expect(partByteCount == 500_000)
            #expect(try pulled(await run("models", "pull", "parley/tiny", "--json")).received == 1_500_002)
        }

        @Test func twoAtOnce() async throws {
            try hub.fail(.init("hold", on: "storage", match: Self.encoder, bytes: 1_000))
            let first = try start(["models", "pull", "parley/tiny", "--json"])
            try await first.wait(for: "a part", within: .seconds(60)) { partByteCount >= 1_000 }
            let second = try start(["models", "pull", "parley/tiny", "--json"])
            try await second.wait(for: "its line", within: .seconds(60)) {
                second.errors.contains("another parley works on parley/tiny; waiting for it")
            }
            try hub.release()
            #expect(try pulled(await first.outcome(within: .seconds(60))).state == "installed")
            #expect(try pulled(await second.outcome(within: .seconds(60))).state == "already_installed")
        }

        @Test func withoutANetwork() async throws {
            let offline = try await run("models", "pull", "parley/tiny", with: ["HF_HUB_OFFLINE": "1"])
            #expect(offline.status == 69)
            #expect(
                offline.errors == "parley: the settings say offline (hub_offline), and this needs the network\n")
            let absent = try await run("models", "pull", "parley/tiny", with: ["HF_ENDPOINT": "http://127.0.0.1:9"])
            #expect(absent.status == 69)
            #expect(absent.errors.hasSuffix("parley: 127.0.0.1 can't be reached: no connection\n"))
            let none = try await run("models", "pull", "parley/none")
            #expect(none.status == 69 && none.errors.contains("has no repository parley/none"))
        }

        /// A proxy of the environment is used: here the storage's port, which gets the whole address.
        @Test func proxiesAreHonoured() async throws {
            let proxied = try await run(
                "models", "pull", "parley/tiny",
                with: ["HF_ENDPOINT": "http://hub.invalid", "http_proxy": hub.storageURL, "NO_PROXY": ""])
            #expect(proxied.status == 69)
            #expect(try hub.takeLog().contains { $0.path.hasPrefix("http://hub.invalid/api/models/parley/tiny") })
        }

        @Test func aTokenIsNeverShown() async throws {
            try hub.add([".gated": []], to: "parley/tiny")
            let refused = try await run("models", "pull", "parley/tiny", with: ["HF_TOKEN": "hf_secret"])
            #expect(refused.status == 69 && !(refused.errors + refused.output).contains("hf_secret"))
            let closed = try await run("models", "pull", "parley/tiny", "--log-level", "debug")
            #expect(closed.errors.contains("wants its licence to be accepted"))
            #expect(try await run("models", "pull", "parley/tiny", with: ["HF_TOKEN": "good-token"]).status == 0)
        }
    }
}
