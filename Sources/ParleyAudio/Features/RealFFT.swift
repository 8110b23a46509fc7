import CKissFFT

/// The discrete Fourier transform of real samples, through KissFFT.
///
/// It has working memory of its own, so each thread needs its own.
struct RealFFT: ~Copyable {
    /// Frequencies from 0 to half the sample rate: half the length plus one.
    let binCount: Int
    private let plan: kiss_fftr_cfg
    private let planMemory: UnsafeMutableRawPointer
    private let spectrum: UnsafeMutableBufferPointer<kiss_fft_cpx>

    /// Prepares transforms of one length.
    /// - Parameter length: Samples per transform; nil comes back unless it is even and at least 2.
    init?(length: Int) {
        guard length >= 2, length.isMultiple(of: 2), let length = Int32(exactly: length) else { return nil }
        var byteCount = 0
        _ = kiss_fftr_alloc(length, 0, nil, &byteCount)  // only asks how much is needed
        let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 16)
        guard let plan = kiss_fftr_alloc(length, 0, memory, &byteCount) else {
            memory.deallocate()
            return nil
        }
        planMemory = memory
        self.plan = plan
        binCount = Int(length) / 2 + 1
        spectrum = .allocate(capacity: binCount)
        spectrum.initialize(repeating: kiss_fft_cpx(r: 0, i: 0))
    }

    deinit {
        spectrum.deallocate()
        planMemory.deallocate()
    }

    /// Squared magnitude of each frequency.
    /// - Parameters:
    ///   - samples: As many as the length.
    ///   - power: As many as ``binCount``, overwritten.
    func power(of samples: [Float], into power: inout [Float]) {
        guard samples.count == (binCount - 1) * 2, power.count == binCount else { return }
        kiss_fftr(plan, samples, spectrum.baseAddress)
        for bin in 0..<binCount {
            let value = spectrum[bin]
            power[bin] = value.r * value.r + value.i * value.i
        }
    }
}
