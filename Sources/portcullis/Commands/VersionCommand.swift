import ArgumentParser

/// `portcullis version`: which version this is.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Show the version of this program."
    )

    @Flag(help: "Print it as JSON.") var json = false

    func run() {
        print(json ? #"{"version":"\#(ProductVersion.current)"}"# : ProductVersion.current)
    }
}
