/// One thing that is wrong with a configuration, and what would be right.
package struct ConfigurationProblem: Equatable, Sendable {
    /// Where the fault is.
    package enum Place: Equatable, Sendable {
        /// A file, and the line where it is known.
        case file(path: String, line: Int?)
        case environment(name: String)
        case commandLine

        /// The line of a file, where it is known.
        var line: Int? {
            switch self {
            case .file(_, let line): line
            case .environment, .commandLine: nil
            }
        }
    }

    package var place: Place
    /// The key it is about, where there is one.
    package var key: String?
    /// What is wrong.
    package var fault: String
    /// What would be right, as one sentence.
    package var remedy: String

    package init(place: Place, key: String?, fault: String, remedy: String) {
        self.place = place
        self.key = key
        self.fault = fault
        self.remedy = remedy
    }
}

extension ConfigurationProblem: CustomStringConvertible {
    /// `FILE:LINE: KEY FAULT`, without the remedy.
    package var description: String {
        let subject = key.map { "\($0) \(fault)" } ?? fault
        switch place {
        case .file(let path, nil): return "\(path): \(subject)"
        case .file(let path, let line?): return "\(path):\(line): \(subject)"
        case .environment(let name): return "environment variable \(name): \(subject)"
        case .commandLine: return "command line: \(subject)"
        }
    }
}

/// A configuration that cannot be used, with everything that is wrong with it.
package struct ConfigurationError: Error, Equatable {
    /// At least one problem, in the order of the sources.
    package let problems: [ConfigurationProblem]
}

extension ConfigurationError: CustomStringConvertible {
    package var description: String {
        problems.map { "\($0). \($0.remedy)" }.joined(separator: "\n")
    }
}
