import ServerFiles

/// A name that a client gives a file until it is complete.
///
/// WinSCP appends `.filepart`, others `.part`, `.tmp`, `.new` or random characters; lftp puts
/// `.in.` in front; GLib, for everything in GNOME, makes up `.giosave` with random characters.
struct UploadName {
    private let path: VirtualPath

    init(_ path: VirtualPath) {
        self.path = path
    }

    /// Whether that file is to become `target`, which lies in the same directory.
    func belongs(to target: VirtualPath) -> Bool {
        guard path.parent == target.parent, let name = path.name, let final = target.name else {
            return false
        }
        if name.starts(with: ".giosave".utf8) { return true }
        if name.starts(with: ".in.".utf8), name.dropFirst(4).elementsEqual(final) { return true }
        let visible = name.first == UInt8(ascii: ".") ? name.dropFirst() : name
        return Self.isExtended(name, from: final) || Self.isExtended(visible, from: final)
    }

    /// Whether `name` is `final` with something behind that begins with a mark.
    private static func isExtended(
        _ name: ArraySlice<UInt8>,
        from final: ArraySlice<UInt8>
    ) -> Bool {
        guard name.starts(with: final), let mark = name.dropFirst(final.count).first else {
            return false
        }
        return [".", "-", "_", "~", "#"].contains(Unicode.Scalar(mark))
    }
}
