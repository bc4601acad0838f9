/// Tells a connection that the answer on its way has no end of its own.
struct OpenStream: Sendable {
    /// Is called when nobody is to be told any more: the caller has hung up, or the server stops.
    let end: @Sendable () -> Void
}
