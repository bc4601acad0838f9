/// How far paths may lead on this host.
package struct PathRules: Equatable, Sendable {
    /// Whether file systems mounted beneath the root are entered.
    package var entersMounts: Bool
    /// The names, from the top down, of each place at which a container shows the root; the deepest
    /// first, so that of two that lie in each other the inner one counts.
    private let containerPaths: [[ArraySlice<UInt8>]]

    /// Sets the rules.
    ///
    /// Programs that run in a container make absolute links to what they see there. `containerPaths`
    /// are absolute paths, such as `/home/container`, that mean the root in such a link.
    package init(entersMounts: Bool = false, containerPaths: [[UInt8]] = []) {
        self.entersMounts = entersMounts
        self.containerPaths = containerPaths.map(VirtualPath.names).sorted { $0.count > $1.count }
    }

    /// Whether any absolute link can lead inside.
    var knowsContainers: Bool { !containerPaths.isEmpty }

    /// The names, from the root down, to which the absolute text of a link leads.
    ///
    /// Nil where it does not begin with one of the container's paths. `..` is left as it is.
    func names(ofContainerLink text: [UInt8]) -> [ArraySlice<UInt8>]? {
        let names = VirtualPath.names(of: text)
        for path in containerPaths where names.starts(with: path, by: { $0.elementsEqual($1) }) {
            return Array(names.dropFirst(path.count))
        }
        return nil
    }
}
