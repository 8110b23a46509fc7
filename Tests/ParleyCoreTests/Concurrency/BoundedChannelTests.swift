import ParleyCore
import Testing

@Suite struct BoundedChannelTests {
    @Test func keepsTheOrderAcrossAFullChannel() async throws {
        let channel = BoundedChannel<Int>(capacity: 2)
        let sender = Task {
            for number in 0..<1_000 { try await channel.send(number) }
            channel.finish()
        }
        var received: [Int] = []
        while let number = await channel.next() { received.append(number) }
        try await sender.value
        #expect(received == Array(0..<1_000))
    }

    @Test func severalReceiversShareTheElements() async throws {
        let channel = BoundedChannel<Int>(capacity: 3)
        let total = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var sum = 0
                    while let number = await channel.next() { sum += number }
                    return sum
                }
            }
            for number in 1...100 { try await channel.send(number) }
            channel.finish()
            return try await group.reduce(0, +)
        }
        #expect(total == 5_050)
    }

    @Test func deliversWhatWasSentBeforeTheEnd() async throws {
        let channel = BoundedChannel<String>(capacity: 2)
        try await channel.send("last")
        channel.finish()
        #expect(await channel.next() == "last")
        #expect(await channel.next() == nil)
        await #expect(throws: CancellationError.self) { try await channel.send("too late") }
    }

    @Test func cancellingFreesAWaitingSender() async throws {
        let channel = BoundedChannel<Int>(capacity: 1)
        try await channel.send(1)
        let sender = Task { try await channel.send(2) }
        sender.cancel()
        await #expect(throws: CancellationError.self) { try await sender.value }
        #expect(await channel.next() == 1)
        channel.finish()
        #expect(await channel.next() == nil)
    }

    @Test func cancellingFreesAWaitingReceiver() async throws {
        let channel = BoundedChannel<Int>(capacity: 1)
        let receiver = Task { await channel.next() }
        receiver.cancel()
        #expect(await receiver.value == nil)
    }
}
