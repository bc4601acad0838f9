/// The version of both programs.
package enum ProductVersion {
    /// As semver.org numbers it.
    package static let current = "0.1.0"
}
