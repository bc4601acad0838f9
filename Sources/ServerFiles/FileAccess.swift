import LinuxSystem

/// What an open file is for.
package struct FileAccess: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let reading = FileAccess(rawValue: 1 << 0)
    package static let writing = FileAccess(rawValue: 1 << 1)
    /// Every write goes to the end of the file, wherever that is by then.
    package static let appending = FileAccess(rawValue: 1 << 2)

    var opening: FileOpening {
        var opening: FileOpening = []
        if contains(.reading) { opening.insert(.reading) }
        if contains(.writing) { opening.insert(.writing) }
        if contains(.appending) { opening.insert(.appending) }
        return opening
    }
}
