import Testing

@testable import ParleyInference

/// Numbers are in any unit: a device of 1,000 with a margin of 100.
struct MemoryLedgerTests {
    private func ledger(free: Int, own: Int? = nil) -> MemoryLedger {
        var ledger = MemoryLedger(marginFraction: 0.1, minimumMarginBytes: 0)
        ledger.measure(.init(totalBytes: 1_000, freeBytes: free, ownBytes: own))
        return ledger
    }

    private func room(_ ledger: MemoryLedger) -> Int { (0...1_000).last { ledger.hasRoom(for: $0) } ?? -1 }

    @Test func theMarginStaysFree() {
        #expect(room(ledger(free: 800)) == 700)
        #expect(room(ledger(free: 100)) == 0)
        #expect(room(ledger(free: 99)) == -1)
        #expect(ledger(free: 99).isUnderPressure)
        #expect(ledger(free: 800).capacityBytes == 900)
        var small = MemoryLedger(marginFraction: 0.1, minimumMarginBytes: 300)
        small.measure(.init(totalBytes: 1_000, freeBytes: 1_000))
        #expect(room(small) == 700)
    }

    @Test func withoutAMeasurementThereIsNoLimit() {
        var ledger = MemoryLedger(marginFraction: 0.1, minimumMarginBytes: 300)
        #expect(ledger.hasRoom(for: 1 << 40))
        #expect(ledger.capacityBytes == nil)
        ledger.measure(nil)
        #expect(!ledger.isUnderPressure)
    }

    /// Set aside and not yet taken; then taken: the same room.
    @Test(arguments: [nil, 50] as [Int?])
    func whatIsSetAsideCountsOnce(ownAtStart: Int?) {
        var ledger = ledger(free: 800, own: ownAtStart)
        ledger.add(1, bytes: 300)
        #expect(room(ledger) == 400)
        ledger.measure(.init(totalBytes: 1_000, freeBytes: 650, ownBytes: ownAtStart.map { $0 + 150 }))
        #expect(room(ledger) == 400)
        ledger.measure(.init(totalBytes: 1_000, freeBytes: 500, ownBytes: ownAtStart.map { $0 + 300 }))
        #expect(room(ledger) == 400)
    }

    /// The library keeps what a request took; the next request can use it.
    @Test(arguments: [nil, 50] as [Int?])
    func whatIsKeptForLaterRunsIsRoom(ownAtStart: Int?) {
        var ledger = ledger(free: 1_000, own: ownAtStart)
        ledger.add(1, bytes: 200)
        ledger.add(2, bytes: 650)
        ledger.measure(.init(totalBytes: 1_000, freeBytes: 50, ownBytes: ownAtStart.map { $0 + 950 }))
        #expect(ledger.isUnderPressure)
        let wasThere = ledger.remove(2)
        #expect(wasThere)
        ledger.measure(.init(totalBytes: 1_000, freeBytes: 50, ownBytes: ownAtStart.map { $0 + 950 }))
        #expect(!ledger.isUnderPressure)
        #expect(room(ledger) == 600)
    }

    @Test(arguments: [nil, 50] as [Int?])
    func whatOthersTakeIsNotRoom(ownAtStart: Int?) {
        var ledger = ledger(free: 1_000, own: ownAtStart)
        ledger.add(1, bytes: 200)
        ledger.measure(.init(totalBytes: 1_000, freeBytes: 300, ownBytes: ownAtStart.map { $0 + 200 }))
        #expect(room(ledger) == 200)
        ledger.measure(.init(totalBytes: 1_000, freeBytes: 90, ownBytes: ownAtStart.map { $0 + 200 }))
        #expect(ledger.isUnderPressure)
        #expect(room(ledger) == -1)
    }

    @Test func anEmptyLedgerStartsAnew() {
        var ledger = ledger(free: 1_000)
        ledger.add(1, bytes: 800)
        let removals = [ledger.remove(1), ledger.remove(1)]
        #expect(removals == [true, false])
        ledger.measure(.init(totalBytes: 1_000, freeBytes: 400))
        #expect(room(ledger) == 300)
        #expect(ledger.reservedBytes == 0)
    }

    @Test func sizesCanBeCorrected() {
        var ledger = ledger(free: 1_000)
        ledger.add(1, bytes: 800)
        ledger.resize(1, to: 100)
        ledger.resize(2, to: 100)
        #expect(ledger.reservedBytes == 100)
        #expect(ledger.bytes(of: 1) == 100)
        #expect(ledger.bytes(of: 2) == 0)
    }
}
