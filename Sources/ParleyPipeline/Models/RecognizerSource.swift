public import ParleyCore
import Synchronization

/// Where the pipeline gets recognisers from.
public protocol RecognizerSource: Sendable {
    /// The models that can be asked for, whether loaded or not; the first is the default.
    var descriptors: [ModelDescriptor] { get }

    /// A recogniser to use, loaded when it has to be.
    /// - Parameter id: The model; nil takes the default.
    /// - Throws: ``RecognitionError`` with `modelUnknown`, what the load throws, or `CancellationError`.
    func lease(_ id: String?) async throws -> ModelLease
}

extension RecognizerSource {
    /// What a model can do.
    /// - Parameter id: The model; nil takes the default.
    /// - Throws: ``RecognitionError`` with `modelUnknown`.
    public func descriptor(_ id: String?) throws(RecognitionError) -> ModelDescriptor {
        guard let descriptor = descriptors.first(where: { id == nil || $0.id == id }) else {
            throw RecognitionError(.modelUnknown, "The model '\(id ?? "")' does not exist here.")
        }
        return descriptor
    }
}

/// A recogniser that stays loaded as long as the lease is held.
public final class ModelLease: Sendable {
    /// The recogniser; not to be used after ``release()``.
    public let recognizer: any SpeechRecognizer
    private let onRelease: Mutex<(@Sendable () -> Void)?>

    /// Makes a lease.
    /// - Parameters:
    ///   - recognizer: What is leased.
    ///   - onRelease: Runs once, on the first ``release()`` or when the lease is let go.
    public init(_ recognizer: any SpeechRecognizer, onRelease: @escaping @Sendable () -> Void = {}) {
        self.recognizer = recognizer
        self.onRelease = Mutex(onRelease)
    }

    deinit { release() }

    /// Gives the recogniser back.
    ///
    /// Later calls do nothing.
    public func release() {
        let action = onRelease.withLock { action in
            defer { action = nil }
            return action
        }
        action?()
    }
}

/// Recognisers that are loaded and stay so.
public struct LoadedRecognizers: RecognizerSource {
    private let recognizers: [any SpeechRecognizer]

    /// - Parameter recognizers: The recognisers; the first is the default.
    public init(_ recognizers: [any SpeechRecognizer]) { self.recognizers = recognizers }

    /// See ``RecognizerSource``.
    public var descriptors: [ModelDescriptor] { recognizers.map(\.descriptor) }

    /// See ``RecognizerSource``.
    public func lease(_ id: String?) async throws -> ModelLease {
        let wanted = try descriptor(id).id
        guard let recognizer = recognizers.first(where: { $0.descriptor.id == wanted }) else {
            throw RecognitionError(.modelUnknown, "The model '\(wanted)' does not exist here.")
        }
        return ModelLease(recognizer)
    }
}
