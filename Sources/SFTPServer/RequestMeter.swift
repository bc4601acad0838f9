package import AccessControl
package import ServerFiles

/// Is told what a server does while it does it; all channels of a session tell the same one.
///
/// It is asked for every request, so whatever it does has to be quick.
package protocol RequestMeter: AnyObject {
    /// A request asks for this, allowed or not.
    func began(_ operation: FileOperation, on path: VirtualPath)

    /// Content was read from a file for the client.
    func read(_ byteCount: Int)

    /// The client's content was written to a file.
    func wrote(_ byteCount: Int)

    /// A piece of a request that takes long is done, and it was not the last.
    func advanced()

    /// A request has its reply.
    func answered()

    /// INIT has its reply; it comes as a packet, but is no request.
    func initialized()
}
