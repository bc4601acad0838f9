import ArgumentParser

/// What is enough to sign in, as options of what is made.
struct SignInOption: ParsableArguments {
    @Option(
        name: .customLong("sign-in"),
        help: ArgumentHelp(
            "What is enough to sign in, separated by commas: publickey,password+code.",
            discussion: "Else nothing in particular is demanded.",
            valueName: "ways"
        )
    )
    var ways: String?

    /// What is sent; nil for nothing.
    var field: SignInField? { ways.map { .ways(CommaList.names(in: [$0])) } }
}

/// The same for what is changed, where it can also be taken away.
struct SignInEditOptions: ParsableArguments {
    @Option(
        name: .customLong("sign-in"),
        help: ArgumentHelp(
            "What is enough to sign in from now on: publickey,password+code.",
            valueName: "ways"
        )
    )
    var ways: String?

    @Flag(name: .customLong("any-sign-in"), help: "Demand nothing in particular any more.")
    var isAnyEnough = false

    /// What is sent; nil for nothing.
    var field: SignInField? {
        isAnyEnough ? .nothing : ways.map { .ways(CommaList.names(in: [$0])) }
    }

    func validate() throws {
        if ways != nil && isAnyEnough {
            throw ValidationError("Give either --sign-in or --any-sign-in.")
        }
    }
}

/// The field `signIn` of a request.
enum SignInField: Encodable {
    case ways([String])
    /// Null: takes a policy away.
    case nothing

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .ways(let ways): try container.encode(ways)
        case .nothing: try container.encodeNil()
        }
    }
}
