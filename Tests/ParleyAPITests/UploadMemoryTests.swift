import Foundation
import ParleyCore
import ParleyHTTP
import ParleyTestSupport
import Testing

@testable import ParleyAPI

@Suite struct UploadMemoryTests {
    @Test func anUploadGoesToDiskInBoundedMemory() async {
        // In a process of its own: the other tests use memory too.
        await #expect(processExitsWith: .success) {
            let pieceCount = 2_500
            let head = Array("--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n".utf8)
            let service = try TestService()
            let index = Locked(0)
            let peak = Locked(0)
            let before = ResidentMemory.bytes()
            let body = HTTPBody {
                let number = index.update { index in
                    index += 1
                    return index
                }
                if number % 100 == 0 { peak.update { $0 = max($0, ResidentMemory.bytes() - before) } }
                if number == 1 { return head }
                return number < pieceCount ? [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 65_536) : nil
            }
            let response = await service.api.handle(
                HTTPRequest(
                    method: "POST", path: "/v1/audio/transcriptions",
                    headers: ["content-type": MultipartForm.contentType], body: body))
            #expect(response.status == 400)
            #expect(peak.value < 64 << 20, "\(peak.value >> 20) MiB for an upload of 156 MiB")
        }
    }
}
