package import Admission

/// Who is kept out now: to look at, and to change.
///
/// The gate itself is one; tests of what stands above it bring their own.
package protocol LivePenalties: Sendable {
    /// All of it as it is at this moment, a copy: whatever takes long is done with that.
    func penalties() async -> PenaltyReading

    /// Changes it in one step; what is asked later is decided on what is there then.
    ///
    /// `now` is the moment by the clock that penalties go by.
    func changePenalties<Value: Sendable, Failure: Error>(
        _ change: @Sendable (_ penalties: inout Penalties, _ now: Int64) throws(Failure) -> Value
    ) async throws(Failure) -> Value

    /// Why the lists of the configuration refuse an address; nil where they do not.
    func listing(of address: IPAddress) async -> AdmissionRefusal?
}
