import CFFmpeg
import Foundation
import ParleyCore
import Synchronization

/// What FFmpeg keeps for the whole process: its log and its limit on memory.
enum FFmpegProcess {
    /// Largest single allocation.
    ///
    /// The sample table of a 24-hour recording needs about 100 MB; a hostile header can ask
    /// for thousands of times more.
    private static let maximumAllocation = 256 << 20

    /// The last error line of each thread that listens.
    private static let lastLines = Mutex<[pthread_t: String]>([:])

    /// Sets the process up, the first time it is looked at.
    static let isPrepared: Bool = {
        av_max_alloc(maximumAllocation)
        av_log_set_callback { _, level, format, arguments in
            guard level <= AV_LOG_ERROR, let format, let arguments else { return }
            FFmpegProcess.keep(format, arguments)
        }
        return true
    }()

    /// Runs a body while FFmpeg's error lines of this thread are kept instead of written.
    /// - Parameter body: Is given a function that returns the last such line so far.
    static func listening<R, E: Error>(_ body: (_ lastLine: () -> String?) throws(E) -> R) throws(E) -> R {
        _ = isPrepared
        let thread = pthread_self()
        lastLines.withLock { $0[thread] = "" }
        defer { lastLines.withLock { _ = $0.removeValue(forKey: thread) } }
        return try body { lastLines.withLock { $0[thread].flatMap { $0.isEmpty ? nil : $0 } } }
    }

    private static func keep(_ format: UnsafePointer<CChar>, _ arguments: CVaListPointer) {
        let thread = pthread_self()
        guard lastLines.withLock({ $0[thread] != nil }) else { return }
        let line = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer -> String in
            guard let start = buffer.baseAddress, vsnprintf(start, buffer.count, format, arguments) >= 0 else {
                return ""
            }
            return String(cString: start).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        lastLines.withLock { $0[thread] = line }
    }
}

/// A negative return value of an FFmpeg function.
struct FFmpegFailure: Error {
    let code: Int32

    /// Throws what a return value says, when it is negative.
    @discardableResult
    static func check(_ code: Int32) throws(FFmpegFailure) -> Int32 {
        if code < 0 { throw FFmpegFailure(code: code) }
        return code
    }

    var isEndOfFile: Bool { code == cffmpeg_error_eof() }
    var wantsAnotherTry: Bool { code == cffmpeg_error_again() }
    var isOutOfMemory: Bool { code == cffmpeg_error_no_memory() }
    static var outOfMemory: FFmpegFailure { FFmpegFailure(code: cffmpeg_error_no_memory()) }

    /// FFmpeg's words for the code.
    var text: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            guard let start = buffer.baseAddress, av_strerror(code, start, buffer.count) >= 0 else {
                return "error \(code)"
            }
            return String(cString: start)
        }
    }
}
