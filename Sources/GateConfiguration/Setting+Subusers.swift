/// Settings about access that is shared with others.
extension Setting {
    static let subusers = [
        Setting(
            "subusers.protect_stronger",
            \.subusers.protectStronger,
            .flag,
            .onRestart,
            """
            Whether a subuser is out of reach for others who hold less: nobody can change or remove \
            somebody who holds permissions that they lack. Owners and administrators always can.
            """
        ),
        Setting(
            "subusers.unknown_email",
            \.subusers.unknownEmail,
            .choice(),
            .onRestart,
            """
            What happens when access is given to an email address that no user has: "refuse", or \
            "invite", which keeps an invitation until a user with that address is created.
            """
        ),
        Setting(
            "subusers.invitation_lifetime",
            \.subusers.invitationLifetime,
            .duration(.seconds(60) ... .seconds(8784 * 3600)),
            .onRestart,
            "How long an invitation waits for its user before it means nothing any more."
        ),
        Setting(
            "subusers.unknown_permissions",
            \.subusers.unknownPermissions,
            .choice(),
            .onRestart,
            """
            What happens when a name of a permission means nothing here: "drop" leaves it out and \
            says so in the answer, "refuse" refuses the whole request.
            """
        ),
        Setting(
            "subusers.permissions_gained",
            \.subusers.permissionsGained,
            .choice(),
            .onRestart,
            """
            What happens to open sessions whose rights a change has only made more: "revoke" ends \
            them as any other change does, "keep" lets them go on with their new rights at once.
            """
        ),
        Setting(
            "subusers.additional_permissions",
            \.subusers.additionalPermissions,
            .permissions,
            .onRestart,
            """
            Permissions that this host's panel knows besides those that `portcullis permissions` \
            lists, each as its name and what it allows: "plugin.install Install plugins".
            """
        ),
    ]
}
