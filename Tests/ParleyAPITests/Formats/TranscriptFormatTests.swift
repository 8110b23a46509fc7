import Foundation
import ParleyCore
import Testing

@testable import ParleyAPI

@Suite struct TranscriptFormatTests {
    @Test func shortJSONReportsTheDurationInWholeSeconds() {
        #expect(
            TranscriptFormat.json.render(Samples.monologue)
                == #"{"text":"hello there good day","usage":{"type":"duration","seconds":5}}"#)
    }

    @Test func tokenUsageAddsUp() {
        var options = RenderingOptions()
        options.usage = .tokens
        options.promptWordCount = 2
        #expect(
            TranscriptFormat.json.render(Samples.monologue, options: options)
                == #"{"text":"hello there good day","usage":{"type":"tokens","input_tokens":45,"input_token_details":"#
                + #"{"text_tokens":2,"audio_tokens":43},"output_tokens":4,"total_tokens":49}}"#)
    }

    @Test func logProbabilityTokensJoinToTheText() throws {
        var options = RenderingOptions()
        options.includesLogProbabilities = true
        let value = JSONFormat.document(Samples.monologue, options: options)
        guard case .array(let entries)? = value["logprobs"] else {
            Issue.record("no logprobs")
            return
        }
        var joined: [UInt8] = []
        for entry in entries {
            guard case .array(let bytes)? = entry["bytes"] else { continue }
            joined += bytes.compactMap { if case .int(let byte) = $0 { UInt8(byte) } else { nil } }
        }
        #expect(String(decoding: joined, as: UTF8.self) == "hello there good day")
        #expect(entries[0]["logprob"] == .double(0))
        #expect(entries[1]["token"] == " there")
        #expect(entries[1]["logprob"] == .double(log(0.5)))
    }

    @Test func impossibleProbabilityStaysANumber() {
        var transcript = Samples.monologue
        transcript.segments[0].words[0].probability = 0
        transcript.segments[0].words[1].probability = .nan
        var options = RenderingOptions()
        options.includesLogProbabilities = true
        let value = JSONFormat.document(transcript, options: options)
        guard case .array(let entries)? = value["logprobs"] else {
            Issue.record("no logprobs")
            return
        }
        #expect(entries[0]["logprob"] == .double(-9999))
        #expect(entries[1]["logprob"] == .double(-9999))
    }

    @Test func verboseJSONHasSegmentsWithEveryField() {
        #expect(
            TranscriptFormat.verboseJSON.render(Samples.monologue)
                == #"{"task":"transcribe","language":"english","duration":4.25,"text":"hello there good day","segments":["#
                + #"{"id":0,"seek":50,"start":0.5,"end":1.5,"text":" hello there","tokens":[],"temperature":0.0,"#
                + #""avg_logprob":-0.25,"compression_ratio":1.5,"no_speech_prob":0.125},"#
                + #"{"id":1,"seek":200,"start":2.0,"end":3.1,"text":" good day","tokens":[],"temperature":0.0,"#
                + #""avg_logprob":-0.25,"compression_ratio":1.5,"no_speech_prob":0.125}],"#
                + #""usage":{"type":"duration","seconds":5}}"#)
    }

    @Test func verboseJSONWithWordsAloneHasNoSegmentsAndWordsAtTheTop() {
        var options = RenderingOptions()
        options.granularities = [.word]
        let value = VerboseJSONFormat.document(Samples.monologue, options: options)
        #expect(value["segments"] == nil)
        #expect(
            value["words"]
                == [
                    ["word": "hello", "start": 0.5, "end": 0.9], ["word": "there", "start": 1.0, "end": 1.5],
                    ["word": "good", "start": 2.0, "end": 2.25], ["word": "day", "start": 2.3, "end": 3.1],
                ])
    }

    @Test func verboseJSONWithBothGranularitiesHasBoth() {
        var options = RenderingOptions()
        options.granularities = [.word, .segment]
        let value = VerboseJSONFormat.document(Samples.monologue, options: options)
        #expect(value["segments"] != nil && value["words"] != nil)
    }

    @Test func translationsCarryNeitherWordsNorUsage() {
        var transcript = Samples.monologue
        transcript.task = .translate
        transcript.language = "de"
        var options = RenderingOptions()
        options.granularities = [.word, .segment]
        let value = VerboseJSONFormat.document(transcript, options: options)
        #expect(value["words"] == nil && value["usage"] == nil)
        #expect(value["language"] == "english" && value["task"] == "translate")
        #expect(TranscriptFormat.json.render(transcript) == #"{"text":"hello there good day"}"#)
    }

    @Test func diarizedJSONNamesTheSpeakerOfEachSegment() {
        #expect(
            TranscriptFormat.diarizedJSON.render(Samples.dialogue)
                == #"{"task":"transcribe","duration":4.25,"text":"A: hello there\nB: good day","segments":["#
                + #"{"type":"transcript.text.segment","id":"seg_001","start":0.5,"end":1.5,"text":"hello there","speaker":"A"},"#
                + #"{"type":"transcript.text.segment","id":"seg_002","start":2.0,"end":3.1,"text":"good day","speaker":"B"}],"#
                + #""usage":{"type":"duration","seconds":5}}"#)
    }

    @Test func textIsTheWordsOrALineForEachSpeaker() {
        #expect(TranscriptFormat.text.render(Samples.monologue) == "hello there good day\n")
        #expect(TranscriptFormat.text.render(Samples.dialogue) == "A: hello there\nB: good day\n")
    }

    @Test func tableHasMillisecondsAndNoStrayTabs() {
        var transcript = Samples.monologue
        transcript.segments[0].text = "hello\tthere"
        #expect(
            TranscriptFormat.tsv.render(transcript)
                == "start\tend\ttext\n500\t1500\thello there\n2000\t3100\tgood day\n")
    }

    @Test func turnsAreWrittenWithSafeNames() {
        var transcript = Samples.dialogue
        transcript.turns[1].speaker = "Anna Maria\n;"
        var options = RenderingOptions()
        options.recordingName = "my file.wav"
        #expect(
            TranscriptFormat.rttm.render(transcript, options: options)
                == "SPEAKER my_file.wav 1 0.400 1.200 <NA> <NA> A <NA> <NA>\n"
                + "SPEAKER my_file.wav 1 1.900 1.300 <NA> <NA> Anna_Maria__ <NA> <NA>\n")
    }

    @Test(arguments: TranscriptFormat.allCases) func silenceIsAValidDocument(format: TranscriptFormat) throws {
        let document = format.render(Samples.empty)
        switch format {
        case .json, .verboseJSON, .diarizedJSON:
            let object = try JSONSerialization.jsonObject(with: Data(document.utf8)) as? [String: Any]
            #expect(object?["text"] as? String == "")
        case .text: #expect(document == "\n")
        case .srt, .rttm: #expect(document.isEmpty)
        case .vtt: #expect(document == "WEBVTT\n\n")
        case .tsv: #expect(document == "start\tend\ttext\n")
        }
    }

    @Test func jsonTextSurvivesEveryControlCharacter() throws {
        let hostile = String(String.UnicodeScalarView((0...0x9F).compactMap { Unicode.Scalar($0) })) + "\u{2028}\"\\é🎙"
        let text = JSONValue.object([.init("k", .string(hostile))]).text
        let decoded = try JSONDecoder().decode([String: String].self, from: Data(text.utf8))
        #expect(decoded["k"] == hostile)
        #expect(!text.contains { $0.isNewline })
    }

    @Test func numbersThatAreNoneBecomeZero() {
        #expect(JSONValue.array([.double(.nan), .double(.infinity), .double(-0.5)]).text == "[0,0,-0.5]")
    }
}
