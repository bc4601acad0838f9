/// How many connections there may be at a time.
package struct ConnectionCaps: Hashable, Sendable {
    /// All connections together, signed in or not.
    package var total: Int
    /// All connections that have not signed in.
    package var unauthenticated: EarlyDrop
    /// The connections of one source, signed in or not; many people may share one.
    package var perSource: Int
    /// The connections of one source that have not signed in.
    package var unauthenticatedPerSource: Int
    /// The connections of one user, once signed in.
    ///
    /// GUI clients open ten for themselves.
    package var perUser: Int
    /// The connections to one server, once signed in.
    package var perServer: Int

    package init(
        total: Int = 1000,
        unauthenticated: EarlyDrop = EarlyDrop(),
        perSource: Int = 200,
        unauthenticatedPerSource: Int = 20,
        perUser: Int = 20,
        perServer: Int = 100
    ) {
        self.total = total
        self.unauthenticated = unauthenticated
        self.perSource = perSource
        self.unauthenticatedPerSource = unauthenticatedPerSource
        self.perUser = perUser
        self.perServer = perServer
    }
}

/// Refuses some of the connections before all places are taken (`MaxStartups` of OpenSSH).
///
/// Below `start` nobody is refused, from `full` on everybody. Between them a lot decides, and the
/// chance to be refused grows evenly from `rate` to 100 percent. Somebody who takes every place
/// there is would otherwise shut everybody else out; this way, those who come now and then have a
/// chance for each connection, and the one who comes all the time loses most.
package struct EarlyDrop: Hashable, Sendable {
    /// Connections that have not signed in, from which on a lot decides.
    package let start: Int
    /// Percent of the connections that are refused at `start`.
    package let rate: Int
    /// Connections that have not signed in, from which on everybody is refused.
    package let full: Int

    /// More than one source alone may take (`unauthenticatedPerSource`) before the lot decides.
    package init() {
        start = 30
        rate = 30
        full = 100
    }

    /// Nil unless 0 ≤ `start` ≤ `full`, 1 ≤ `full` and 0 ≤ `rate` ≤ 100.
    package init?(start: Int, rate: Int, full: Int) {
        guard start >= 0, start <= full, full >= 1, (0...100).contains(rate) else { return nil }
        self.start = start
        self.rate = rate
        self.full = full
    }

    /// Why one more connection is refused while `count` have not signed in; nil if it is not.
    ///
    /// `random` is a number drawn anew for each connection, evenly from 0 up to but not 1.
    package func refusal(count: Int, random: Double) -> AdmissionRefusal? {
        if count >= full { return .unauthenticatedConnections(limit: full) }
        return random < chance(count: count) ? .earlyDrop(unauthenticated: count) : nil
    }

    /// How likely a connection is refused, from 0 to 1.
    package func chance(count: Int) -> Double {
        if count < start { return 0 }
        if count >= full { return 1 }
        let least = Double(rate) / 100
        return least + (1 - least) * Double(count - start) / Double(full - start)
    }
}
