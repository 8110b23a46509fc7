import CCurl
import Foundation
import ParleyCore

/// One GET by libcurl, without redirects: the connection, its deadlines and its callbacks.
///
/// Proxies come from the environment (`http_proxy`, `https_proxy`, `no_proxy`), as libcurl reads it. Blocking.
struct Transfer: ~Copyable {
    private let handle: UnsafeMutableRawPointer

    /// libcurl's own initialisation, once in a process.
    private static let isInitialized = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    init() throws(HubError) {
        guard Self.isInitialized, let handle = curl_easy_init() else {
            throw HubError(.unreachable, "libcurl can't be used on this machine")
        }
        self.handle = handle
    }

    deinit { curl_easy_cleanup(handle) }

    /// What one request needs.
    struct Request {
        var address: WebAddress
        var headers: [(name: String, value: String)] = []
        /// A connection that brings less than 1 KiB a second for this long is given up; whole seconds.
        var stallSeconds = 30
    }

    /// What came of it.
    struct Response {
        var head: ResponseHead
        /// Where a redirect leads.
        var redirect: String?
    }

    /// Sends a request and hands its body on as it comes.
    /// - Parameter onBody: Gets the head and a piece of a body; called for answers of status 200 to 299 only.
    /// - Throws: ``HubError`` with `unreachable`; `CancellationError`; what `onBody` throws.
    borrowing func perform(
        _ request: Request, cancellation: CancellationFlag,
        onBody: @escaping (ResponseHead, UnsafeRawBufferPointer) throws -> Void
    ) throws -> Response {
        let state = State(cancellation: cancellation, onBody: onBody)
        var list: UnsafeMutablePointer<curl_slist>?
        defer { curl_slist_free_all(list) }
        for header in request.headers {
            // A line break in a value would begin another header.
            guard !header.value.contains(where: \.isNewline) else {
                throw HubError(.invalidName, "the token holds a line break")
            }
            list = curl_slist_append(list, "\(header.name): \(header.value)")
        }
        curl_easy_reset(handle)
        configure(request)
        ccurl_set_headers(handle, list)
        var words = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
        let code = withExtendedLifetime(state) {
            words.withUnsafeMutableBufferPointer { words in
                ccurl_set_error_buffer(handle, words.baseAddress)
                Self.setFunctions(handle, Unmanaged.passUnretained(state).toOpaque())
                return curl_easy_perform(handle)
            }
        }
        if let failure = state.failure { throw failure }
        try cancellation.check()
        guard code == CURLE_OK else {
            let detail = words.first == 0 ? String(cString: curl_easy_strerror(code)) : Self.text(words)
            throw Self.error(code, request.address.origin.host, detail)
        }
        var target: UnsafeMutablePointer<CChar>?
        ccurl_get_redirect(handle, &target)
        return Response(head: state.head, redirect: target.map { String(cString: $0) })
    }

    private borrowing func configure(_ request: Request) {
        ccurl_set_text(handle, CURLOPT_URL, request.address.text)
        ccurl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        ccurl_set_text(handle, CURLOPT_USERAGENT, "parley")
        ccurl_set_number(handle, CURLOPT_FOLLOWLOCATION, 0)
        ccurl_set_number(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        ccurl_set_number(handle, CURLOPT_NOSIGNAL, 1)
        ccurl_set_number(handle, CURLOPT_NOPROGRESS, 0)
        ccurl_set_number(handle, CURLOPT_CONNECTTIMEOUT, 20)
        ccurl_set_number(handle, CURLOPT_LOW_SPEED_LIMIT, 1_024)
        ccurl_set_number(handle, CURLOPT_LOW_SPEED_TIME, max(1, request.stallSeconds))
    }

    private static func setFunctions(_ handle: UnsafeMutableRawPointer, _ context: UnsafeMutableRawPointer) {
        ccurl_set_functions(
            handle, context,
            { bytes, size, count, context in
                guard let context, let bytes else { return 0 }
                let state = Unmanaged<State>.fromOpaque(context).takeUnretainedValue()
                return state.takeBody(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
            },
            { bytes, size, count, context in
                guard let context, let bytes else { return 0 }
                let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
                Unmanaged<State>.fromOpaque(context).takeUnretainedValue().head
                    .take(String(decoding: line, as: UTF8.self))
                return size * count
            },
            { context, _, _, _, _ in
                guard let context else { return 1 }
                let state = Unmanaged<State>.fromOpaque(context).takeUnretainedValue()
                return state.cancellation.isCancelled ? 1 : 0
            })
    }

    private static func text(_ words: [CChar]) -> String {
        String(decoding: words.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func error(_ code: CURLcode, _ host: String, _ words: String) -> HubError {
        let reason =
            switch code {
            case CURLE_COULDNT_RESOLVE_HOST: "its name can't be resolved; is there a network?"
            case CURLE_COULDNT_RESOLVE_PROXY: "the name of the proxy can't be resolved"
            case CURLE_COULDNT_CONNECT: "no connection"
            case CURLE_OPERATION_TIMEDOUT: "it does not answer"
            case CURLE_PEER_FAILED_VERIFICATION: "its certificate can't be trusted"
            case CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_GOT_NOTHING: "the connection broke off"
            default: "the connection failed"
            }
        var error = HubError(.unreachable, "\(host) can't be reached: \(reason)", underlying: words)
        error.isTransient = code != CURLE_PEER_FAILED_VERIFICATION
        return error
    }

    /// What the callbacks share, on the thread that performs.
    private final class State {
        var head = ResponseHead()
        var failure: (any Error)?
        let cancellation: CancellationFlag
        private let onBody: (ResponseHead, UnsafeRawBufferPointer) throws -> Void

        init(
            cancellation: CancellationFlag, onBody: @escaping (ResponseHead, UnsafeRawBufferPointer) throws -> Void
        ) {
            self.cancellation = cancellation
            self.onBody = onBody
        }

        /// - Returns: Whether more is wanted.
        func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
            guard (200..<300).contains(head.status) else { return true }
            do {
                try onBody(head, bytes)
                return true
            } catch {
                failure = error
                return false
            }
        }
    }
}
