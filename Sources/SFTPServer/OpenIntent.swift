import AccessControl
import SFTPProtocol
import ServerFiles

/// What the flags of an OPEN come to.
struct OpenIntent: Equatable {
    var access: FileAccess
    var creates: Bool
    /// The file must be made by this request.
    var isExclusive: Bool
    var truncates: Bool

    /// Dropping content and appending need writing, whether it is said or not; a file opened for
    /// neither reading nor writing is opened for reading.
    init(_ flags: OpenFlags) {
        let writes = !flags.isDisjoint(with: [.write, .append, .truncate])
        access = writes ? .writing : .reading
        if flags.contains(.read) { access.insert(.reading) }
        if flags.contains(.append) { access.insert(.appending) }
        creates = flags.contains(.create)
        isExclusive = flags.isSuperset(of: [.create, .exclusive])
        truncates = flags.contains(.truncate)
    }

    /// What it is to the policy where the file exists already.
    var operationOnExisting: FileOperation {
        access.contains(.writing) ? .openForWriting : .openForReading
    }
}
