import Synchronization

/// How many streams may be open at a time; each reads from the store for as long as it is.
final class StreamSeats: Sendable {
    /// One open stream, until nobody holds it any more.
    final class Seat: Sendable {
        private let seats: StreamSeats

        fileprivate init(of seats: StreamSeats) {
            self.seats = seats
        }

        deinit {
            seats.taken.withLock { $0 -= 1 }
        }
    }

    /// As many as there are.
    let limit: Int
    private let taken = Mutex(0)

    init(limit: Int) {
        self.limit = limit
    }

    /// A seat.
    ///
    /// - Throws: `tooManyStreams` when all are taken.
    func take() throws(ControlError) -> Seat {
        let isFree = taken.withLock { taken in
            guard taken < limit else { return false }
            taken += 1
            return true
        }
        guard isFree else { throw .tooManyStreams(limit: limit) }
        return Seat(of: self)
    }
}
