import WireFormat

/// What one request asks for and takes longer than everything else may wait.
///
/// It is done in pieces, each short enough for a revocation in between. The channel's other requests
/// wait until it is complete, so that replies keep their order.
protocol Undertaking: AnyObject {
    /// Does one piece and says whether it was the last.
    func advance() throws(Refusal) -> Bool

    /// Writes the reply, once it is complete.
    func reply(to id: UInt32, into output: inout WireWriter)
}
