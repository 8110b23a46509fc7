import CCurl

/// An absolute `http` or `https` address, read by the same parser that connects.
struct WebAddress: Sendable, Hashable {
    /// The whole address.
    let text: String
    /// Who is spoken to: a token for one origin is none of another's business.
    let origin: Origin

    /// Scheme, host and port of an address.
    struct Origin: Sendable, Hashable {
        let scheme: String
        /// In small letters; IPv6 addresses in brackets.
        let host: String
        let port: String
    }

    /// Whether what is said there can't be overheard.
    var isEncrypted: Bool { origin.scheme == "https" }

    /// Whether a redirect from an encrypted server may lead here.
    func mayFollow(_ server: WebAddress) -> Bool { isEncrypted || !server.isEncrypted }

    /// Reads an address; nil for anything that is none, has a user name in it, or is of another scheme.
    init?(_ text: String) {
        guard let parsed = curl_url() else { return nil }
        defer { curl_url_cleanup(parsed) }
        guard curl_url_set(parsed, CURLUPART_URL, text, 0) == CURLUE_OK else { return nil }
        func part(_ part: CURLUPart, _ flags: Int32 = 0) -> String? {
            var found: UnsafeMutablePointer<CChar>?
            guard curl_url_get(parsed, part, &found, UInt32(flags)) == CURLUE_OK, let found else { return nil }
            defer { curl_free(found) }
            return String(cString: found)
        }
        guard let scheme = part(CURLUPART_SCHEME), ["http", "https"].contains(scheme), part(CURLUPART_USER) == nil,
            let host = part(CURLUPART_HOST), !host.isEmpty, let port = part(CURLUPART_PORT, CURLU_DEFAULT_PORT)
        else { return nil }
        self.text = text
        origin = Origin(scheme: scheme, host: host.lowercased(), port: port)
    }

    /// A part of a path or a query, with everything but letters, digits and `-._~` escaped.
    static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain =
                byte < 128
                && (Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber
                    || "-._~".utf8.contains(byte))
            if isPlain { return String(UnicodeScalar(byte)) }
            return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}
