import ParleyCore

/// Fetches one file into a part, going on where an earlier try has stopped.
///
/// A part is named after the checksum of the whole, so a part of another version is never continued. Blocking.
struct FileDownload {
    let file: HubFile
    let repository: RepositoryName
    let commit: String
    let part: PartFile
    let hub: HubConnection
    let retry: RetryPolicy
    let cancellation: CancellationFlag

    /// Fetches what is missing.
    /// - Parameters:
    ///   - onBytes: Told how many bytes of the file are there.
    ///   - onRetry: Told before each further try.
    /// - Throws: ``HubError``; `CancellationError`. The part stays unless it is wrong.
    func run(onBytes: @escaping (Int) -> Void, onRetry: (HubError, Duration) -> Void) throws {
        var failures = 0
        while part.byteCount != file.byteCount || file.byteCount == 0 {
            let before = part.byteCount
            do {
                try attempt(onBytes: onBytes)
                if file.byteCount == 0 { break }
                continue
            } catch let error as HubError {
                failures = part.byteCount > before ? 1 : failures + 1
                guard let delay = retry.delay(after: error, failures: failures) else { throw error }
                onRetry(error, delay)
                try RetryPolicy.wait(delay, cancellation)
            }
        }
    }

    /// One request, for the rest or for everything.
    private func attempt(onBytes: @escaping (Int) -> Void) throws {
        if part.byteCount > file.byteCount { part.remove() }
        let writer = try part.writer()
        guard file.byteCount > 0 else { return try writer.synchronize() }
        let have = part.byteCount
        var headers: [(name: String, value: String)] = [("Accept-Encoding", "identity")]
        if have > 0 {
            headers.append(("Range", "bytes=\(have)-"))
            if let tag = part.tag { headers.append(("If-Range", tag)) }
        }
        var position: Int?
        let address = try hub.fileAddress(repository, commit: commit, path: file.path)
        let head = try hub.get(address, headers: headers, onHead: checkAnnouncement) { head, bytes in
            let at = try position ?? begin(head, have: have, writer)
            guard at + bytes.count <= file.byteCount else {
                part.remove()
                throw HubError(.hubFault, "\(file.path) is longer than its list says")
            }
            try writer.write(bytes, at: at)
            position = at + bytes.count
            onBytes(at + bytes.count)
        }
        try writer.synchronize()
        try hub.check(head, of: repository, revision: commit)
        if head.status == 416 { part.remove() }
        guard position == file.byteCount else {
            var error = HubError(.unreachable, "the connection broke off within \(file.path)")
            error.isTransient = true
            throw error
        }
    }

    /// Where the bytes of an answer belong.
    private func begin(_ head: ResponseHead, have: Int, _ writer: PartFile.Writer) throws(HubError) -> Int {
        if head.status == 206, have > 0 {
            guard Self.rangeStart(head["content-range"], total: file.byteCount) == have else {
                part.remove()
                var error = HubError(
                    .hubFault, "the hub's storage gives another part of \(file.path) than was asked for")
                error.isTransient = true
                throw error
            }
            return have
        }
        guard head.status == 200 else {
            throw HubError(.hubFault, "the hub's storage gives no whole file (status \(head.status))")
        }
        // The storage has no parts, or its file is another one by now.
        try writer.restart(tag: head["etag"])
        return 0
    }

    /// What the hub says about the file must be what its list says.
    private func checkAnnouncement(_ head: ResponseHead) throws {
        if let told = head["x-repo-commit"], told != commit {
            throw HubError(.hubFault, "the hub gives \(file.path) of another commit than was asked for")
        }
        if case .sha256(let digits) = file.digest, let tag = head["x-linked-etag"],
            ResponseHead.plainTag(tag) != digits
        {
            throw HubError(.hubFault, "the hub announces another checksum for \(file.path) than its list says")
        }
    }

    /// The first position of `bytes START-END/TOTAL`; nil when it is none or of a file of another length.
    static func rangeStart(_ text: String?, total: Int) -> Int? {
        guard let match = text?.wholeMatch(of: /bytes (\d{1,18})-(\d{1,18})\/(\d{1,18}|\*)/) else { return nil }
        guard match.3 == "*" || Int(match.3) == total, Int(match.2) == total - 1 else { return nil }
        return Int(match.1)
    }
}
