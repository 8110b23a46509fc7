import Testing

@testable import ParleyHub

/// The small parts of a transfer, without a network.
@Suite struct TransferTests {
    @Test func originsAreComparedWhole() throws {
        let hub = try #require(WebAddress("https://Hub.example/x"))
        let same = try #require(WebAddress("https://hub.example:443/y?z"))
        #expect(hub.origin == same.origin)
        for other in [
            "http://hub.example/", "https://hub.example:444/", "https://hub.example.evil.org/",
            "https://cdn.hub.example/", "https://evil.org/https://hub.example/", "https://evil.org#hub.example",
        ] {
            #expect(try #require(WebAddress(other)).origin != hub.origin, "\(other)")
        }
    }

    @Test(arguments: ["", "hub.example", "ftp://a/", "file:///etc/passwd", "https://hub.example@evil.org/", "https://"])
    func whatIsNoAddress(_ text: String) {
        #expect(WebAddress(text) == nil)
    }

    @Test func anEncryptedHubIsNotLeft() throws {
        let (secure, open) = (try #require(WebAddress("https://a/")), try #require(WebAddress("http://a/")))
        #expect(secure.mayFollow(secure) && secure.mayFollow(open) && open.mayFollow(open) && !open.mayFollow(secure))
    }

    @Test func escapes() {
        #expect(WebAddress.escaped("a/b c?é#%.-_~9Z") == "a%2Fb%20c%3F%C3%A9%23%25.-_~9Z")
    }

    /// RFC 9110, section 14.4.
    @Test(
        arguments: [
            ("bytes 5-9/10", 5), ("bytes 5-9/*", 5), ("bytes 5-8/10", nil), ("bytes 5-9/11", nil), ("bytes */10", nil),
            ("items 5-9/10", nil), ("bytes 5-9/10, bytes 1-2/10", nil), ("bytes -5-9/10", nil), (nil, nil),
            ("bytes 99999999999999999999-9/10", nil),
        ] as [(String?, Int?)])
    func contentRanges(_ text: String?, _ start: Int?) {
        #expect(FileDownload.rangeStart(text, total: 10) == start)
    }

    @Test func headsAfterOtherHeads() {
        var head = ResponseHead()
        for line in [
            "HTTP/1.1 100 Continue\r\n", "A: 1\r\n", "\r\n", "HTTP/2 200 \r\n", "ETag:  \"x\" \r\n", "junk\r\n",
        ] {
            head.take(line)
        }
        #expect(head.status == 200 && head["etag"] == "\"x\"" && head["a"] == nil)
        #expect(ResponseHead.plainTag("W/\"ab\"") == "ab")
    }

    @Test func delays() {
        let policy = RetryPolicy()
        var error = HubError(.unreachable, "")
        #expect(policy.delay(after: error, failures: 1) == nil)
        error.isTransient = true
        #expect(
            (1...5).map { policy.delay(after: error, failures: $0) } == [
                .milliseconds(500), .seconds(1), .seconds(2), .seconds(4), nil,
            ])
        error.retryAfter = .seconds(60)
        #expect(policy.delay(after: error, failures: 1) == .seconds(60))
        error.retryAfter = .seconds(121)
        #expect(policy.delay(after: error, failures: 1) == nil)
    }
}
