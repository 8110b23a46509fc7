/// How the hub is reached.
public struct HubAccess: Sendable, Hashable {
    /// Address of the hub, such as `https://huggingface.co`; with `http` nothing is encrypted.
    public var endpoint: String
    /// Token of an account there; nil reads what everybody may read.
    public var token: String?
    /// Never use the network.
    public var isOffline: Bool
    /// What happens when the network fails.
    public var retry = RetryPolicy()

    /// Makes an access.
    public init(endpoint: String, token: String? = nil, isOffline: Bool = false) {
        self.endpoint = endpoint
        self.token = token
        self.isOffline = isOffline
    }
}
