import AccessControl

/// Settings about what people must prove.
extension Setting {
    static let signIn = [
        Setting(
            "sign_in.accept",
            \.signIn.accept,
            .policy,
            .onReload,
            """
            What is enough to sign in: "password", "publickey", or several together, such as \
            "password+code" and "publickey+code". A user or a server can demand more. Sessions \
            that have not proven enough end when this changes.
            """
        ),
        Setting(
            "sign_in.second_factor",
            \.signIn.secondFactor,
            .choice(),
            .onReload,
            """
            Who must show a code beside the password: "enrolled" means those whose authenticator \
            the gate knows, "panel" also those whose account at the panel has a second factor. \
            They then need a code, a key or an app password. "off" leaves it to policies.
            """
        ),
        Setting(
            "sign_in.keys_need_code",
            \.signIn.keysNeedCode,
            .flag,
            .onReload,
            "Whether they must show it beside a key as well."
        ),
        Setting(
            "sign_in.issuer",
            \.signIn.issuer,
            .issuer,
            .onRestart,
            "The name under which authenticators list the accounts of this host."
        ),
    ]
}

extension SettingType<SignInPolicy> {
    /// What is enough to sign in.
    static let policy = SettingType(
        accepts: "a list of password, publickey, password+code, publickey+code and the like",
        isList: true,
        parse: { (value) throws(SettingRefusal) in
            guard case .list(let items) = value, !items.isEmpty else { return nil }
            do throws(SignInPolicyProblem) {
                return try SignInPolicy(items)
            } catch {
                throw SettingRefusal(
                    fault: "is no list of what is enough",
                    remedy: "Write it otherwise: \(error)."
                )
            }
        },
        format: { .list($0.texts) }
    )
}
