import Foundation

/// The function that a frame of audio is multiplied with before its spectrum is taken.
public enum AnalysisWindow: String, Sendable, CaseIterable {
    /// Hann, as long as its period: `torch.hann_window` by default, librosa.
    case periodicHann
    /// Hann with zeros at both ends: NeMo, Kaldi's `hanning`.
    case hann
    /// Hamming with its lowest values at both ends.
    case hamming
    /// Kaldi's own: Hann to the power of 0.85.
    case povey

    /// The values of a window.
    /// - Parameter count: Samples.
    func values(_ count: Int) -> [Float] {
        let period = Double(max(1, self == .periodicHann ? count : count - 1))
        return (0..<max(0, count)).map { index in
            let cosine = cos(2 * Double.pi * Double(index) / period)
            switch self {
            case .periodicHann, .hann: return Float(0.5 - 0.5 * cosine)
            case .hamming: return Float(0.54 - 0.46 * cosine)
            case .povey: return Float(pow(0.5 - 0.5 * cosine, 0.85))
            }
        }
    }
}
