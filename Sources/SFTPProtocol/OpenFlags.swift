/// What an OPEN asks for (draft-ietf-secsh-filexfer-02 section 6.3).
package struct OpenFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// SSH_FXF_READ: content will be read.
    package static let read = OpenFlags(rawValue: 0x01)
    /// SSH_FXF_WRITE: content will be written.
    package static let write = OpenFlags(rawValue: 0x02)
    /// SSH_FXF_APPEND: every write goes to the end, whatever its offset says.
    package static let append = OpenFlags(rawValue: 0x04)
    /// SSH_FXF_CREAT: make the file when there is none.
    package static let create = OpenFlags(rawValue: 0x08)
    /// SSH_FXF_TRUNC: drop the content there is.
    package static let truncate = OpenFlags(rawValue: 0x10)
    /// SSH_FXF_EXCL: with `create`, fail when the name is taken.
    package static let exclusive = OpenFlags(rawValue: 0x20)
}
