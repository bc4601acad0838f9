import Admission

extension SettingType<[AddressRange]> {
    /// Addresses and ranges of them, or none.
    static let addressRanges = SettingType(
        accepts: "a list of addresses and ranges, such as 192.0.2.7, 192.0.2.0/24, 2001:db8::/32",
        isList: true,
        parse: { (value) throws(SettingRefusal) in
            guard case .list(let items) = value else { return nil }
            var ranges: [AddressRange] = []
            var known: Set<AddressRange> = []
            for item in items {
                let range: AddressRange
                do throws(AdmissionError) {
                    range = try AddressRange(item)
                } catch {
                    throw SettingRefusal(
                        fault: "contains \(Spelling.quoted(item)), which is no such range",
                        remedy: "\(error)"
                    )
                }
                guard known.insert(range).inserted else {
                    throw SettingRefusal(
                        fault: "contains \(Spelling.quoted(item)) twice",
                        remedy: "Name each range once."
                    )
                }
                ranges.append(range)
            }
            return ranges
        },
        format: { .list($0.map(\.description)) }
    )
}

extension SettingType<[Offence: Duration]> {
    private static var range: ClosedRange<Duration> { .zero ... .seconds(86_400) }

    /// What offences cost.
    static let offences = SettingType(
        accepts: "a list of offences, each with what it costs, such as wrong_password 5s",
        isList: true,
        parse: { (value) throws(SettingRefusal) in
            guard case .list(let items) = value else { return nil }
            var costs = PenaltySettings().costs
            var named: Set<Offence> = []
            for item in items {
                let words = item.split(separator: " ")
                let name = words.first.map(String.init) ?? ""
                guard let offence = Offence(name: name) else {
                    let names = Offence.allCases.map(\.name)
                    let guess = Spelling.nearest(to: name, among: names)
                    throw SettingRefusal(
                        fault: "contains \(Spelling.quoted(item)), which names no offence",
                        remedy: guess.map { "Did you mean \($0)?" }
                            ?? "There are " + names.joined(separator: ", ") + "."
                    )
                }
                guard words.count == 2, let cost = DurationText.parse(String(words[1])),
                    range.contains(cost)
                else {
                    throw SettingRefusal(
                        fault: "contains \(Spelling.quoted(item)) without what it costs",
                        remedy: "Write \(offence.name), a blank, and a time such as 5s, up to 24h."
                    )
                }
                guard named.insert(offence).inserted else {
                    throw SettingRefusal(
                        fault: "names \(offence.name) twice",
                        remedy: "Name each offence once."
                    )
                }
                costs[offence] = cost
            }
            return costs
        },
        format: { costs in
            .list(
                Offence.allCases.map { offence in
                    "\(offence.name) \(DurationText.format(costs[offence] ?? .zero))"
                }
            )
        }
    )
}
