import Foundation
import ParleyAudio
import ParleyCore
import ParleyTestSupport
import Testing

/// Files that are no recordings, or pretend to be others: each is refused with the right code, and none leads anywhere.
struct HostileInputTests {
    struct Hostile: CustomTestStringConvertible, Sendable {
        var name: String
        var file = "input.wav"
        var bytes: [UInt8]
        var codes: Set<AudioError.Code> = [.unsupportedFormat]
        var says = ""
        var testDescription: String { name }

        init(_ name: String, file: String = "input.wav", _ text: String, says: String = "") {
            self.init(name, file: file, bytes: Array(text.utf8), says: says)
        }

        init(
            _ name: String, file: String = "input.wav", bytes: [UInt8],
            codes: Set<AudioError.Code> = [.unsupportedFormat], says: String = ""
        ) {
            self.name = name
            self.file = file
            self.bytes = bytes
            self.codes = codes
            self.says = says
        }
    }

    private static let unusable: Set<AudioError.Code> = [.corrupt, .tooShort, .unsupportedFormat]

    /// `SECRET` stands for the path of a real recording beside the input.
    static let hostiles: [Hostile] = [
        Hostile("empty", bytes: [], codes: [.empty], says: "empty"),
        Hostile("text", "This is not a recording.\n"),
        Hostile("long text", String(repeating: "All work and no play makes Jack a dull boy.\n", count: 5_000)),
        Hostile("one byte", bytes: [0x52], codes: unusable),
        Hostile("zeros", bytes: [UInt8](repeating: 0, count: 65_536), codes: unusable),
        Hostile("ones", bytes: [UInt8](repeating: 0xff, count: 65_536), codes: unusable),
        Hostile(
            "noise", bytes: (0..<200_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) },
            codes: unusable.union([.noAudioTrack])),
        Hostile(
            "HLS playlist", file: "a.m3u8",
            "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10,\nSECRET\n#EXT-X-ENDLIST\n",
            says: "Playlists"),
        Hostile(
            "HLS playlist as mp3", file: "a.mp3",
            "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://SECRET\n#EXT-X-ENDLIST\n", says: "Playlists"),
        Hostile("M3U playlist", file: "a.m3u", "#EXTM3U\n#EXTINF:10,name\nSECRET\n"),
        Hostile("concatenation", file: "a.ffconcat", "ffconcat version 1.0\nfile 'SECRET'\n", says: "Playlists"),
        Hostile("concatenation as wav", "ffconcat version 1.0\nfile SECRET\n", says: "Playlists"),
        Hostile(
            "session description", file: "a.sdp",
            "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n",
            says: "Playlists"),
        Hostile(
            "XSPF playlist", file: "a.xspf",
            "<?xml version=\"1.0\"?><playlist version=\"1\" xmlns=\"http://xspf.org/ns/0/\"><trackList><track>"
                + "<location>file://SECRET</location></track></trackList></playlist>"),
        Hostile(
            "DASH manifest", file: "a.mpd",
            "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" "
                + "profiles=\"urn:mpeg:dash:profile:isoff-main:2011\" type=\"static\"><Period><AdaptationSet "
                + "mimeType=\"audio/wav\"><Representation id=\"1\"><BaseURL>SECRET</BaseURL></Representation>"
                + "</AdaptationSet></Period></MPD>"),
        Hostile("PLS playlist", file: "a.pls", "[playlist]\nFile1=SECRET\nNumberOfEntries=1\n"),
        Hostile("ASX playlist", file: "a.asx", "<asx version=\"3.0\"><entry><ref href=\"SECRET\"/></entry></asx>"),
        Hostile("metadata", ";FFMETADATA1\ntitle=x\n[CHAPTER]\nSTART=0\nEND=1\n"),
        Hostile("subtitles", file: "a.srt", "1\n00:00:00,000 --> 00:00:02,000\nHello\n\n"),
        Hostile("WebVTT", file: "a.vtt", "WEBVTT\n\n00:00.000 --> 00:02.000\nHello\n"),
        Hostile("SVG image", "<svg xmlns=\"http://www.w3.org/2000/svg\"><image href=\"SECRET\"/></svg>"),
        Hostile("web page", "<!DOCTYPE html><html><body><audio src=\"SECRET\"></audio></body></html>"),
        Hostile("zip", bytes: Array("PK\u{3}\u{4}".utf8) + [UInt8](repeating: 7, count: 500), codes: unusable),
        Hostile("ELF program", bytes: Array("\u{7f}ELF".utf8) + [UInt8](repeating: 1, count: 500), codes: unusable),
        Hostile("PNG image", bytes: [0x89] + Array("PNG\r\n\u{1a}\n".utf8) + [UInt8](repeating: 0, count: 100)),
        Hostile("RIFF without more", "RIFF", says: ""),
        Hostile("WAVE header alone", bytes: Array(WAVFile.bytes(data: []).prefix(20)), codes: unusable),
        Hostile("no samples", bytes: WAVFile.bytes(data: []), codes: [.tooShort], says: "0 seconds"),
        Hostile("no channels", bytes: WAVFile.bytes(data: noise, channelCount: 0), codes: unusable),
        Hostile("no sample rate", bytes: WAVFile.bytes(data: noise, sampleRateHz: 0), codes: unusable),
        Hostile("one sample per second", bytes: WAVFile.bytes(data: noise, sampleRateHz: 1), codes: unusable),
        Hostile(
            "two thousand million samples per second", bytes: WAVFile.bytes(data: noise, sampleRateHz: 2_000_000_000),
            codes: unusable),
        Hostile(
            "too many channels", bytes: WAVFile.bytes(data: noise, channelCount: 33), codes: [.tooManyChannels],
            says: "33 channels"),
        Hostile(
            "65,535 channels", bytes: WAVFile.bytes(data: noise, channelCount: 65_535),
            codes: unusable.union([.tooManyChannels])),
        Hostile("unknown codec", bytes: WAVFile.bytes(data: noise, formatTag: 0x7777), codes: unusable),
        Hostile("bits out of range", bytes: WAVFile.bytes(data: noise, bitsPerSample: 2_000), codes: unusable),
        Hostile("flac header alone", bytes: Array("fLaC".utf8) + [UInt8](repeating: 0, count: 40), codes: unusable),
        Hostile("Ogg page torn off", bytes: Array("OggS".utf8) + [UInt8](repeating: 0, count: 60), codes: unusable),
        Hostile("ID3 tag alone", bytes: Array("ID3".utf8) + [4, 0, 0, 0, 0, 0x0f, 0x7f], codes: unusable),
        Hostile(
            "Matroska header alone", bytes: [0x1a, 0x45, 0xdf, 0xa3, 0x9f] + [UInt8](repeating: 0x42, count: 200),
            codes: unusable.union([.noAudioTrack])),
        Hostile(
            "mp4 without its index",
            bytes: MP4Bytes.box("ftyp", Array("isom\0\0\0\0isom".utf8))
                + MP4Bytes.box("mdat", noise), codes: [.corrupt], says: "incomplete"),
        Hostile(
            "mp4 boxes without end",
            bytes: MP4Bytes.box("ftyp", Array("isom\0\0\0\0isom".utf8))
                + (0..<500).reduce(into: [UInt8]()) { bytes, _ in bytes = MP4Bytes.box("moov", bytes) },
            codes: unusable.union([.noAudioTrack])),
    ]

    private static let noise: [UInt8] = (0..<6_600).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 11) }

    @Test(.timeLimit(.minutes(15)), arguments: hostiles)
    func isRefused(_ hostile: Hostile) throws {
        let folder = try TemporaryFolder()
        let secret = try folder.write(
            "secret.wav", WAVFile.bytes(channels: [TestSound.samples(sampleRateHz: 16_000)]))
        let marker = Array("SECRET".utf8)
        var bytes = hostile.bytes
        if let range = bytes.firstRange(of: marker) { bytes.replaceSubrange(range, with: Array(secret.utf8)) }
        let error = try #require(audioError(try folder.write(hostile.file, bytes)))
        #expect(hostile.codes.contains(error.code), "\(error)")
        #expect(hostile.says.isEmpty || error.message.contains(hostile.says), "\(error)")
        #expect(!error.message.contains(folder.url.path) && !error.message.contains("/"), "\(error)")
        #expect(error.message.hasSuffix("."), "\(error)")
    }

    /// A QuickTime track may say that its samples lie in another file.
    ///
    /// That file must not be read.
    @Test(arguments: [0, 1] as [UInt16])
    func referencesToOtherFilesAreNotFollowed(levels: UInt16) throws {
        let folder = try TemporaryFolder()
        let loud = [UInt8](repeating: 0x7f, count: 64_000)
        let secret = try folder.write("secret.raw", loud)
        let quiet = [Int16](repeating: 1, count: 16_000)
        let own = try folder.write("own.mov", MP4Bytes.file(samples: quiet))
        #expect(try decode(own).count == 16_000)
        let foreign = try folder.write(
            "foreign.mov", MP4Bytes.file(samples: quiet, reference: MP4Bytes.alias(to: secret, levels: levels)))
        let samples = (try? decode(foreign)) ?? []
        #expect((samples.max() ?? 0) < 0.001)
    }

    /// A kilobyte whose tables promise 80 million samples makes FFmpeg build an index of 1.9 GB, unless it is stopped.
    @Test func anIndexOutOfProportionIsNotBuilt() async {
        // In a process of its own: the other tests use memory too.
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let bytes = MP4Bytes.file(samples: [1, 2, 3], codec: ".mp3", claimedSampleCount: 80_000_000)
            let path = try folder.write("bomb.mov", bytes)
            let before = ResidentMemory.peakBytes()
            #expect(audioError(path) != nil)
            let growth = ResidentMemory.peakBytes() - before
            #expect(growth < 600 << 20, "grew by \(growth) bytes")
        }
    }

    @Test func onlyPlainFilesAreOpened() throws {
        let folder = try TemporaryFolder()
        let pipe = folder.path("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        for path in [pipe, folder.url.path, "/dev/zero", folder.path("nothing.wav"), "http://127.0.0.1/a.wav", ""] {
            let error = audioError(path)
            #expect(error?.code == .unreadable, "\(path)")
            #expect(error?.message.contains(folder.url.path) == false, "\(path)")
        }
    }

    @Test(.enabled(if: ffmpeg != nil, ffmpegHint))
    func videoWithoutSoundHasNoAudioTrack() throws {
        let folder = try TemporaryFolder()
        for file in ["a.mp4", "a.mkv", "a.ts", "a.avi"] {
            let path = folder.path(file)
            try ffmpeg?.run(
                ["-v", "error", "-f", "lavfi", "-i", "testsrc=size=64x64:rate=25:duration=2", "-c:v", "mpeg4", path])
            let error = audioError(path)
            #expect(error?.code == .noAudioTrack, "\(file)")
            #expect(error?.message == "The file has no audio track.")
        }
    }

    /// Every single byte of small files damaged in turn: whatever comes out, the process goes on.
    @Test(.enabled(if: ffmpeg != nil, ffmpegHint), arguments: ["a.wav", "a.flac", "a.mp3", "a.m4a", "a.ogg", "a.webm"])
    func damagedBytesNeverCrash(file: String) throws {
        let folder = try TemporaryFolder()
        let source = try folder.write(
            "source.wav", WAVFile.bytes(channels: [TestSound.samples(sampleRateHz: 16_000, seconds: 0.2)]))
        let path = folder.path(file)
        try ffmpeg?.run(["-v", "error", "-i", source, path + (file == "a.wav" ? ".wav" : "")].map { $0 })
        let good = try Data(contentsOf: URL(fileURLWithPath: file == "a.wav" ? path + ".wav" : path))
        let step = max(1, good.count / 300)
        for (round, index) in stride(from: 0, to: good.count, by: step).enumerated() {
            var bytes = [UInt8](good)
            bytes[index] ^= UInt8(truncatingIfNeeded: 1 << (round % 8)) | 0x40
            _ = audioError(
                try folder.write("damaged-" + file, bytes), limits: DecodeLimits(maximumDuration: .seconds(60)))
        }
    }
}
