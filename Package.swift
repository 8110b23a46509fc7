// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target is built in Swift 6 mode with warnings as errors.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: name, dependencies: dependencies + ["ParleyCore", "ParleyTestSupport"], exclude: exclude,
        swiftSettings: strict)
}

let package = Package(
    name: "parley",
    products: [
        .executable(name: "parley", targets: ["parley"]),
        // Opened by tests at run time, in the place of libraries that need a GPU.
        .library(name: "OnnxRuntimeStandIn", type: .dynamic, targets: ["OnnxRuntimeStandIn"]),
        .library(name: "NVMLStandIn", type: .dynamic, targets: ["NVMLStandIn"]),
    ],
    targets: [
        // C libraries: module maps and shims only.
        .systemLibrary(name: "CONNXRuntime"),
        .systemLibrary(name: "CNVML"),
        .systemLibrary(
            name: "CFFmpeg", pkgConfig: "libavformat libavcodec libswresample libavutil",
            providers: [.apt(["libavformat-dev", "libavcodec-dev", "libswresample-dev", "libavutil-dev"])]),
        .systemLibrary(
            name: "CWebSockets", pkgConfig: "libwebsockets", providers: [.apt(["libwebsockets-dev"])]),
        .systemLibrary(
            name: "CPocketSphinx", pkgConfig: "pocketsphinx", providers: [.apt(["libpocketsphinx-dev"])]),
        .systemLibrary(name: "CKissFFT", providers: [.apt(["libkissfft-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        // Values and ports.
        library("ParleyCore"),

        // Error rates of answers whose truth is known.
        library("ParleyScoring", ["ParleyCore"]),

        // Adapters: Core and their own C module.
        library("ParleyAudio", ["ParleyCore", "CFFmpeg", "CKissFFT"]),
        library("ParleyInference", ["ParleyCore", "CONNXRuntime", "CNVML"]),
        library("ParleySpeech", ["ParleyCore", "ParleyAudio", "ParleyInference", "CPocketSphinx", "CZlib"]),
        library("ParleyHTTP", ["ParleyCore", "CWebSockets"]),
        library("ParleyHub", ["ParleyCore", "CCurl", "CCrypto"]),

        // A recording through the stages, and the API in front of it.
        library("ParleyPipeline", ["ParleyCore"]),
        library("ParleyAPI", ["ParleyCore", "ParleyPipeline", "ParleyHTTP"]),

        // Composition root.
        .executableTarget(
            name: "parley",
            dependencies: [
                "ParleyCore", "ParleyAudio", "ParleyInference", "ParleySpeech", "ParleyPipeline", "ParleyHTTP",
                "ParleyAPI", "ParleyHub", "ParleyScoring",
            ],
            swiftSettings: strict),

        // Tests mirror the sources.
        library("ParleyTestSupport", ["ParleyCore"]),
        .target(name: "OnnxRuntimeStandIn", path: "Tests/StandIns/OnnxRuntimeStandIn"),
        .target(name: "NVMLStandIn", path: "Tests/StandIns/NVMLStandIn"),
        tests("ParleyCoreTests", []),
        tests("ParleyScoringTests", ["ParleyScoring"], exclude: ["Fixtures"]),
        tests("ParleyAudioTests", ["ParleyAudio"], exclude: ["Fixtures"]),
        tests("ParleyInferenceTests", ["ParleyInference"]),
        tests(
            "ParleySpeechTests", ["ParleySpeech", "ParleyAudio", "ParleyInference", "ParleyScoring"],
            exclude: ["Fixtures"]),
        tests("ParleyPipelineTests", ["ParleyPipeline"]),
        tests("ParleyHTTPTests", ["ParleyHTTP"]),
        tests("ParleyHubTests", ["ParleyHub"]),
        tests("ParleyAPITests", ["ParleyAPI", "ParleyHTTP", "ParleyPipeline"]),
        tests(
            "ParleyCommandTests",
            ["parley", "ParleyAPI", "ParleyHTTP", "ParleyHub", "ParleyPipeline", "ParleySpeech"]),
        tests("ContractTests", ["ParleySpeech", "ParleyAudio", "ParleyInference"]),
        tests("EndToEndTests", ["parley"], exclude: ["clients"]),
    ],
    swiftLanguageModes: [.v6]
)
