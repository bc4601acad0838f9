import AccessControl
import GateConfiguration
import Gatekeeper

extension SharingOptions {
    /// What the administration needs of the settings, in its own terms.
    init(_ settings: SubuserSettings) {
        self.init(
            catalogue: .standard.adding(settings.additionalPermissions),
            unknownPermissions: settings.unknownPermissions == .drop ? .drop : .refuse,
            unknownEmail: settings.unknownEmail == .refuse
                ? .refuse : .invite(lifetime: settings.invitationLifetime.wholeMilliseconds),
            rule: AssignmentRule(protectsStronger: settings.protectStronger),
            gained: settings.permissionsGained == .keep ? .keep : .revoke
        )
    }
}
