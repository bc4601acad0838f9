/// A moment as a date and a time of day in UTC.
struct CalendarDate: Equatable {
    var year: Int64
    /// 1 to 12.
    var month: Int
    /// 1 to 31.
    var day: Int
    var hour: Int
    var minute: Int

    private static let secondsPerDay: Int64 = 86_400
    /// The Gregorian calendar repeats after 400 years.
    private static let daysPerCycle: Int64 = 146_097

    /// Converts seconds since 1970; the year is counted as if the calendar had always been in use.
    ///
    /// The year is taken to begin on 1 March, so that the leap day is its last.
    init(secondsSince1970 seconds: UInt32) {
        let days = Int64(seconds) / Self.secondsPerDay
        let second = Int(Int64(seconds) % Self.secondsPerDay)
        // 1 March of year 0 is 719,468 days before 1970.
        let shifted = days + 719_468
        let cycle = shifted / Self.daysPerCycle
        let dayOfCycle = shifted % Self.daysPerCycle
        let yearOfCycle =
            (dayOfCycle - dayOfCycle / 1460 + dayOfCycle / 36_524 - dayOfCycle / 146_096) / 365
        let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = Int(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
        month = Int(monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9)
        year = yearOfCycle + cycle * 400 + (month <= 2 ? 1 : 0)
        hour = second / 3600
        minute = second % 3600 / 60
    }
}
