import Foundation
import ParleyCore

/// Speaks the protocol of the Hugging Face hub.
///
/// The token goes to the hub's own origin only and never along a redirect to another one. An encrypted hub is never
/// left for an address that is not encrypted. Blocking.
struct HubConnection {
    private static let maximumRedirects = 8
    private static let maximumListingBytes = 32 << 20

    let endpoint: WebAddress
    private let token: String?
    private let retry: RetryPolicy
    private let cancellation: CancellationFlag

    /// - Throws: ``HubError`` with `offline` or `invalidName`.
    init(_ access: HubAccess, cancellation: CancellationFlag) throws(HubError) {
        guard !access.isOffline else {
            throw HubError(.offline, "the settings say offline (hub_offline), and this needs the network")
        }
        guard let endpoint = WebAddress(access.endpoint) else {
            throw HubError(.invalidName, "the hub's address '\(access.endpoint)' is none")
        }
        self.endpoint = endpoint
        token = access.token.flatMap { $0.isEmpty ? nil : $0 }
        retry = access.retry
        self.cancellation = cancellation
    }

    /// Asks what a revision of a repository holds.
    /// - Parameter onRetry: Told before each further try.
    /// - Throws: ``HubError``; `CancellationError`.
    func listing(
        _ repository: RepositoryName, revision: String, onRetry: (HubError, Duration) -> Void
    ) throws -> HubListing {
        let address = try address(
            "/api/models/\(repository.text)/revision/\(WebAddress.escaped(revision))?blobs=true")
        var failures = 0
        while true {
            do {
                var data = Data()
                let head = try get(address) { _, bytes in
                    guard data.count + bytes.count <= Self.maximumListingBytes else {
                        throw HubError(.hubFault, "the hub's list of files is too long")
                    }
                    data.append(contentsOf: bytes)
                }
                try Self.check(head, of: repository, revision: revision, endpoint: endpoint, hasToken: token != nil)
                return try HubListing(data)
            } catch let error as HubError {
                failures += 1
                guard let delay = retry.delay(after: error, failures: failures) else { throw error }
                onRetry(error, delay)
                try RetryPolicy.wait(delay, cancellation)
            }
        }
    }

    /// Where a file of a commit is.
    func fileAddress(_ repository: RepositoryName, commit: String, path: String) throws(HubError) -> WebAddress {
        let escaped = path.split(separator: "/").map { WebAddress.escaped(String($0)) }.joined(separator: "/")
        return try address("/\(repository.text)/resolve/\(commit)/\(escaped)")
    }

    /// Fetches an address of the hub along its redirects.
    /// - Parameters:
    ///   - onHead: Looks at each answer of the hub's own origin, before any body.
    ///   - onBody: Gets the body of the last answer when its status is 200 to 299.
    /// - Returns: The last answer's head.
    /// - Throws: ``HubError`` with `unreachable` or `insecure`; `CancellationError`; what the closures throw.
    func get(
        _ address: WebAddress, headers: [(name: String, value: String)] = [],
        onHead: @escaping (ResponseHead) throws -> Void = { _ in },
        onBody: @escaping (ResponseHead, UnsafeRawBufferPointer) throws -> Void
    ) throws -> ResponseHead {
        var address = address
        let transfer = try Transfer()
        for _ in 0...Self.maximumRedirects {
            let isHub = address.origin == endpoint.origin
            var request = Transfer.Request(address: address, headers: headers, stallSeconds: retry.stallSeconds)
            if isHub, let token { request.headers.append(("Authorization", "Bearer \(token)")) }
            let response = try transfer.perform(request, cancellation: cancellation) { head, bytes in
                if isHub { try onHead(head) }
                try onBody(head, bytes)
            }
            guard [301, 302, 303, 307, 308].contains(response.head.status), let redirect = response.redirect else {
                return try answer(response.head, isHub: isHub)
            }
            if isHub { try onHead(response.head) }
            guard let next = WebAddress(redirect), next.mayFollow(endpoint) else {
                throw HubError(.insecure, "the hub leads to an address that is not https; nothing was read from it")
            }
            address = next
        }
        throw HubError(.hubFault, "the hub leads in circles")
    }

    /// A storage's refusal is its own: its addresses are valid for a while only, and the hub gives a new one.
    private func answer(_ head: ResponseHead, isHub: Bool) throws(HubError) -> ResponseHead {
        guard !isHub, [401, 403, 404].contains(head.status) else { return head }
        var error = HubError(.hubFault, "the hub's storage refuses the file (status \(head.status))")
        error.isTransient = true
        throw error
    }

    private func address(_ path: String) throws(HubError) -> WebAddress {
        let base = endpoint.text.hasSuffix("/") ? String(endpoint.text.dropLast()) : endpoint.text
        guard let address = WebAddress(base + path) else {
            throw HubError(.invalidName, "the hub's address '\(endpoint.text)' is none")
        }
        return address
    }

    /// Whether an answer is what was asked for; 206 and 416 concern the caller.
    func check(_ head: ResponseHead, of repository: RepositoryName, revision: String) throws(HubError) {
        try Self.check(head, of: repository, revision: revision, endpoint: endpoint, hasToken: token != nil)
    }

    private static func check(
        _ head: ResponseHead, of repository: RepositoryName, revision: String, endpoint: WebAddress, hasToken: Bool
    ) throws(HubError) {
        let (name, host) = (repository.text, endpoint.origin.host)
        let code = head["x-error-code"]
        switch (head.status, code) {
        case (200..<300, _), (416, _): return
        case (401, "GatedRepo"), (403, "GatedRepo"):
            throw HubError(
                .accessDenied,
                "\(name) wants its licence to be accepted: do so at \(endpoint.text)/\(name) and set HF_TOKEN to a "
                    + "token of that account")
        case (404, "RevisionNotFound"):
            throw HubError(.notFound, "\(name) has no revision '\(revision)'")
        case (404, "EntryNotFound"):
            throw HubError(.hubFault, "\(name) has lost a file that its list names")
        case (401, let code) where hasToken && code != "RepoNotFound":
            throw HubError(.accessDenied, "\(host) does not accept the token (HF_TOKEN)")
        case (401, _), (404, _):
            let hint = hasToken ? "with this token" : "without a token; a private one needs HF_TOKEN"
            throw HubError(.notFound, "\(host) has no repository \(name) that can be read \(hint)")
        case (403, _):
            throw HubError(.accessDenied, "\(host) does not let \(hasToken ? "this token" : "us") read \(name)")
        case (429, _):
            var error = HubError(.rateLimited, "\(host) asks for fewer requests; try again later")
            error.isTransient = true
            error.retryAfter = retryAfter(head)
            throw error
        case (408, _), (500..., _):
            var error = HubError(.hubFault, "\(host) has a fault of its own (status \(head.status))")
            error.isTransient = true
            error.retryAfter = retryAfter(head)
            throw error
        default:
            throw HubError(.hubFault, "\(host) gives an answer that was not expected (status \(head.status))")
        }
    }

    /// `Retry-After` in seconds; its form with a date is not used by the hub.
    private static func retryAfter(_ head: ResponseHead) -> Duration? {
        head["retry-after"].flatMap { Int($0) }.flatMap { (0...86_400).contains($0) ? .seconds($0) : nil }
    }
}
