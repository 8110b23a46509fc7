import Foundation
import ParleyScoring
import ParleyTestSupport
import Testing

/// Figures of pyannote.metrics 4.2.0 and meeteval 0.4.3, written down by `scripts/parity/scoring.py`.
@Suite struct ReferenceScoresTests {
    private let cases: [Case]

    init() throws {
        let text = try RepositoryFile.text("Tests/ParleyScoringTests/Fixtures/scoring.json")
        cases = try JSONDecoder().decode(Fixture.self, from: Data(text.utf8)).cases
    }

    @Test func turnsAreScoredAsByPyannoteMetrics() throws {
        #expect(cases.count == 40)
        for (index, item) in cases.enumerated() {
            let reference = try RTTMReader.turns(of: AnnotationFile(name: "r", text: item.reference))
            let hypothesis = try RTTMReader.turns(of: AnnotationFile(name: "h", text: item.hypothesis))
            let regions = try UEMReader.regions(of: AnnotationFile(name: "u", text: item.uem))
            for expected in item.turns {
                let scorer = DiarizationScorer(collarSeconds: expected.collar, skipsOverlap: expected.skips_overlap)
                let score = try scorer.score(
                    reference: reference.values.first ?? [], hypothesis: hypothesis.values.first ?? [],
                    regions: expected.with_regions ? regions.values.first : nil)
                let label = "case \(index), collar \(expected.collar)"
                #expect(abs(score.errors.rate - expected.der) < 5e-5, "\(label)")
                #expect(abs([score].jaccardErrorRate - expected.jer) < 5e-5, "\(label)")
                #expect(abs(score.errors.totalSeconds - expected.total) < 5e-5, "\(label)")
                #expect(abs(score.errors.correctSeconds - expected.correct) < 5e-5, "\(label)")
                #expect(abs(score.errors.missSeconds - expected.missed_detection) < 5e-5, "\(label)")
                #expect(abs(score.errors.falseAlarmSeconds - expected.false_alarm) < 5e-5, "\(label)")
                #expect(abs(score.errors.confusionSeconds - expected.confusion) < 5e-5, "\(label)")
            }
        }
    }

    @Test func textsAreScoredAsByMeeteval() throws {
        for (index, item) in cases.enumerated() {
            let said = try STMReader.turns(of: AnnotationFile(name: "r", text: item.said))
            let heard = try STMReader.turns(of: AnnotationFile(name: "h", text: item.heard))
            for (name, expected) in item.texts {
                let normalization = try #require(TextNormalization(rawValue: name))
                let errors = try TextScorer(normalization: normalization).score(
                    reference: said.values.first ?? [], hypothesis: heard.values.first ?? []
                ).errors
                #expect(errors.referenceWordCount == expected.words, "case \(index)")
                #expect(errors.count == expected.errors, "case \(index)")
                #expect(errors.insertions - errors.deletions == expected.insertions - expected.deletions)
            }
        }
    }

    private struct Fixture: Decodable { var cases: [Case] }

    private struct Case: Decodable {
        var reference: String
        var hypothesis: String
        var uem: String
        var said: String
        var heard: String
        var turns: [Turns]
        var texts: [String: Texts]
    }

    /// Named as in the file.
    private struct Turns: Decodable {
        var collar: Double
        var skips_overlap: Bool
        var with_regions: Bool
        var der: Double
        var jer: Double
        var total: Double
        var correct: Double
        var missed_detection: Double
        var false_alarm: Double
        var confusion: Double
    }

    private struct Texts: Decodable {
        var errors: Int
        var words: Int
        var insertions: Int
        var deletions: Int
    }
}
