import ParleyCore
import Testing

@testable import ParleyInference

struct CostModelTests {
    private let key = CostModel.Key(family: "some", precision: .float16)
    private let costs = CostModel()

    init() { costs.register(key, estimate: .init(weightBytes: 1_000, bytesPerRow: 100)) }

    @Test func predictsByRows() {
        #expect(costs.weightBytes(key) == 1_000)
        #expect(costs.requestBytes(key, rows: 8) == 800)
        #expect(costs.predict(key, rows: 8) == 1_800)
        #expect(costs.predict(key, rows: 0) == 1_000)
        #expect(costs.predict(key, rows: -5) == 1_000)
        #expect(costs.predict(.init(family: "some", precision: .int8), rows: 8) == 0)
        #expect(costs.predict(key, rows: .max) == .max)
    }

    /// 0.8 of the estimate and 0.2 of the measurement.
    @Test func measurementsMoveTheEstimate() {
        costs.observe(key, rows: 4, measured: 800)
        #expect(costs.requestBytes(key, rows: 1) == 120)
        costs.observe(key, weightBytes: 2_000)
        #expect(costs.weightBytes(key) == 1_200)
        for _ in 0..<100 { costs.observe(key, rows: 1, measured: 300) }
        #expect((299...300).contains(costs.requestBytes(key, rows: 1)))
    }

    @Test func noMeasurementTakesItBelowTheFloor() {
        for _ in 0..<100 {
            costs.observe(key, rows: 1, measured: 0)
            costs.observe(key, weightBytes: -5)
        }
        #expect(costs.requestBytes(key, rows: 1) == 25)
        #expect(costs.weightBytes(key) == 250)
    }

    @Test func whatWasLearnedStays() {
        costs.observe(key, rows: 1, measured: 200)
        costs.register(key, estimate: .init(weightBytes: 1_000, bytesPerRow: 100))
        #expect(costs.requestBytes(key, rows: 1) == 120)
        costs.register(key, estimate: .init(weightBytes: 2_000, bytesPerRow: 100))
        #expect(costs.predict(key, rows: 1) == 2_100)
    }

    @Test func strangersAndEmptyBatchesAreIgnored() {
        costs.observe(key, rows: 0, measured: 5_000)
        costs.observe(.init(family: "other", precision: .int8), rows: 1, measured: 5_000)
        #expect(costs.requestBytes(key, rows: 1) == 100)
        #expect(costs.requestBytes(.init(family: "other", precision: .int8), rows: 1) == 0)
    }

    @Test func theOperatorsNumberGoesFirst() {
        let fixed = CostModel(fixedBytesPerRequest: 4 << 30)
        fixed.register(key, estimate: .init(weightBytes: 1_000, bytesPerRow: 100))
        #expect(fixed.requestBytes(key, rows: 8) == 4 << 30)
        #expect(fixed.predict(key, rows: 8) == 4 << 30 + 1_000)
    }
}
