extension SettingType<Duration?> {
    /// How long something is kept; nil for ever.
    ///
    /// Written in days as well, because nobody counts months in hours.
    static let retention = SettingType(
        accepts: "a number with its unit (s, m, h or d), 1s to 36500d, or off to keep it for ever",
        isList: false,
        parse: { (value) throws(SettingRefusal) in
            guard case .text(let text) = value else { return nil }
            guard text != "off" else { return .some(nil) }
            guard let span = days(text) ?? DurationText.parse(text),
                span == .zero || range.contains(span)
            else { return nil }
            return .some(span == .zero ? nil : span)
        },
        format: { span in
            guard let span else { return .text("off") }
            let seconds = span.wholeMilliseconds / 1000
            return .text(
                seconds.isMultiple(of: secondsInDay)
                    ? "\(seconds / secondsInDay)d"
                    : DurationText.format(span)
            )
        }
    )

    private static var secondsInDay: Int64 { 86_400 }

    private static var range: ClosedRange<Duration> {
        .seconds(1) ... .seconds(36_500 * secondsInDay)
    }

    private static func days(_ text: String) -> Duration? {
        guard text.last == "d", text.dropLast().allSatisfy({ ("0"..."9").contains($0) }),
            let number = Int64(text.dropLast()), number <= 36_500
        else { return nil }
        return .seconds(number * secondsInDay)
    }
}
