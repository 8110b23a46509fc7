import ParleyHTTP

/// Reads a `multipart/form-data` body as it comes: the file goes to disk piece by piece, text parts are bounded.
struct FormReader {
    /// Bytes of one text part.
    static let maximumFieldBytes = 64 << 10
    /// Bytes of one text part that holds a recording as a data URL: ten seconds of uncompressed stereo fit.
    static let maximumDataURLBytes = 4 << 20
    /// Bytes of all text parts without data URLs.
    static let maximumTextBytes = 1 << 20
    static let maximumPartCount = 256

    let spool: SpoolDirectory
    let maximumUploadBytes: Int
    /// The fields that the route has.
    let parameters: ParameterTable

    /// Reads the whole body.
    /// - Throws: ``APIError``, ``SpoolError``, `HTTPBodyError`, `MultipartError` or `CancellationError`.
    func read(_ request: HTTPRequest) async throws -> UploadForm {
        let boundary = try boundary(of: request)
        if let announced = request.headers["content-length"].flatMap({ Int($0) }),
            announced - maximumUploadBytes > APIConfiguration.formAllowanceBytes
        {
            throw ErrorMapping.tooLarge(limitBytes: maximumUploadBytes, readBytes: announced)
        }
        var parser = MultipartParser(
            boundary: boundary, limits: MultipartLimits(maximumParts: Self.maximumPartCount))
        var assembly = Assembly(reader: self)
        for try await piece in request.body {
            for event in try parser.push(piece) { try await assembly.take(event) }
        }
        for event in try parser.finish() { try await assembly.take(event) }
        try await assembly.form.recording?.file.finish()
        return assembly.form
    }

    private func boundary(of request: HTTPRequest) throws -> String {
        let expected = "Send the request as multipart/form-data with a part named 'file'"
        guard let contentType = request.headers["content-type"], !contentType.isEmpty else {
            throw APIError(
                status: 400, "The Content-Type header is missing. \(expected).", code: "invalid_content_type")
        }
        let mediaType = contentType.prefix { $0 != ";" }.filter { !$0.isWhitespace }.lowercased()
        guard mediaType == "multipart/form-data" else {
            throw APIError(
                status: 400, "The Content-Type '\(mediaType.prefix(100))' is not supported. \(expected).",
                code: "invalid_content_type")
        }
        guard let boundary = MultipartParser.boundary(fromContentType: contentType) else {
            throw APIError(
                status: 400, "The Content-Type header has no valid boundary. \(expected); HTTP clients add it.",
                code: "invalid_content_type")
        }
        return boundary
    }
}

extension FormReader {
    /// The form so far and the part that is open.
    private struct Assembly {
        let reader: FormReader
        var form = UploadForm()
        private var textPart: (name: String, limit: Int, bytes: [UInt8])?
        private var isInFile = false
        private var textByteCount = 0

        init(reader: FormReader) { self.reader = reader }

        mutating func take(_ event: MultipartEvent) async throws {
            switch event {
            case .partBegan(let part): try await begin(part)
            case .data(let bytes):
                if isInFile { try await appendToFile(bytes) } else { try appendToText(bytes) }
            case .partEnded: try end()
            }
        }

        private mutating func begin(_ part: MultipartPart) async throws {
            guard !part.name.isEmpty else { throw MultipartError.partWithoutName }
            let parameter = try reader.parameters.parameter(forWireName: part.name)
            if case .file = parameter.kind {
                guard form.recording == nil else {
                    throw APIError.invalid("file", "Only one 'file' can be sent in a request.")
                }
                let file = try await reader.spool.makeFile()
                form.recording = .init(file: file, displayName: Self.displayName(part.filename))
                isInFile = true
            } else {
                let isDataURL = parameter.kind == .dataURLs
                textPart = (
                    part.name, isDataURL ? FormReader.maximumDataURLBytes : FormReader.maximumFieldBytes, []
                )
            }
        }

        private func appendToFile(_ bytes: [UInt8]) async throws {
            guard let file = form.recording?.file else { return }
            let total = file.byteCount + bytes.count
            guard total <= reader.maximumUploadBytes else {
                throw ErrorMapping.tooLarge(limitBytes: reader.maximumUploadBytes, readBytes: total)
            }
            try await file.append(bytes)
        }

        private mutating func appendToText(_ bytes: [UInt8]) throws {
            guard let part = textPart else { return }
            if part.limit == FormReader.maximumFieldBytes { textByteCount += bytes.count }
            guard part.bytes.count + bytes.count <= part.limit, textByteCount <= FormReader.maximumTextBytes else {
                throw APIError.invalid(
                    reader.parameters.baseName(part.name), "The field is longer than \(part.limit) bytes.",
                    code: "value_too_long")
            }
            textPart?.bytes.append(contentsOf: bytes)
        }

        private mutating func end() throws {
            isInFile = false
            guard let part = textPart else { return }
            textPart = nil
            guard let value = String(validating: part.bytes, as: UTF8.self) else {
                throw APIError.invalid(reader.parameters.baseName(part.name), "The field is not valid UTF-8.")
            }
            form.fields.append(.init(name: part.name, value: value))
        }

        /// The last component of what the client sent, short and without control characters.
        private static func displayName(_ filename: String?) -> String {
            let last = (filename ?? "").split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? ""
            let safe = last.unicodeScalars.filter { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
            let name = String(String.UnicodeScalarView(safe).prefix(120))
            return name.isEmpty || name == "." || name == ".." ? "upload" : name
        }
    }
}
