import AccessControl
import SubuserStore
import Testing

@testable import Gatekeeper

@Suite("What has become of a session's access")
struct AccessReviewTests {
    private static let user = UserID.random()
    private static let hash = "$2y$04$hash"

    /// What a subuser who may read was granted, with their password.
    private func granted(
        _ rights: FileRights = FileRights([.sftp, .read]),
        proof: SignInProofs.Proof = .password(hash: hash)
    ) throws -> GrantedAccess {
        GrantedAccess(
            userName: try UserName("ann"),
            proofs: SignInProofs(proof),
            directory: try ServerDirectory("one"),
            rights: rights
        )
    }

    /// What the store says now.
    private func access(
        name: String = "ann",
        hash: String? = hash,
        keys: Set<String> = ["SHA256:key"],
        directory: String = "one",
        state: ServerState = .normal,
        permissions: [FileRight] = [.sftp, .read],
        lockdown: Lockdown? = nil,
        isDisabled: Bool = false
    ) throws -> AccessRecord {
        let id = ServerID.random()
        return AccessRecord(
            user: SignInCredentials(
                id: Self.user,
                name: try UserName(name),
                isAdministrator: false,
                isDisabled: isDisabled,
                passwordHash: hash,
                keyFingerprints: keys
            ),
            server: Server(
                id: id,
                name: try DisplayName("One"),
                ownerID: .random(),
                ownerName: try UserName("owner"),
                directory: try ServerDirectory(directory),
                state: state,
                createdAt: Timestamp(milliseconds: 0),
                updatedAt: Timestamp(milliseconds: 0)
            ),
            permissions: PermissionSet(permissions.map(\.permission)),
            lockdown: lockdown
        )
    }

    private func review(_ granted: GrantedAccess, _ access: AccessRecord?) -> AccessReview {
        AccessReview(of: granted, access, rules: SignInRules())
    }

    private func decision(
        _ record: AccessRecord,
        _ proofs: SignInProofs.Proof...
    ) -> SignInDecision {
        var proven = SignInProofs()
        for proof in proofs { proven.add(proof) }
        return SignInDecision(of: record.user, record, proofs: proven, rules: SignInRules())
    }

    @Test("the same access is unchanged, with a password and with a key")
    func unchanged() throws {
        #expect(review(try granted(), try access()) == .unchanged)
        let withKey = try granted(proof: .key(fingerprint: "SHA256:key"))
        #expect(review(withKey, try access(hash: nil)) == .unchanged)
    }

    @Test("more rights are grown, fewer and others are lost")
    func rights() throws {
        let more = FileRights([.sftp, .read, .readContent])
        let found = review(
            try granted(),
            try access(permissions: [.sftp, .read, .readContent])
        )
        #expect(found == .grown(more))
        for permissions: [FileRight] in [[.sftp], [.sftp, .delete], [.read], []] {
            let found = review(try granted(), try access(permissions: permissions))
            #expect(found.isLost, "\(permissions)")
        }
    }

    @Test("a host that is closed lets nobody stay, and tells why only who has proved something")
    func lockdown() throws {
        let closed = Lockdown(text: try DisplayName("Back at nine"), since: .now)
        let record = try access(lockdown: closed)
        #expect(review(try granted(), record).isLost)
        #expect(
            decision(record, .password(hash: Self.hash)) == .refused(reason: "Back at nine")
        )
        guard case .denied = decision(record, .password(hash: "other")) else {
            Issue.record("somebody without a proof was told")
            return
        }
    }

    @Test("another name, hash, key, directory or state, and no record at all, are lost")
    func rest() throws {
        let withKey = try granted(proof: .key(fingerprint: "SHA256:key"))
        #expect(review(withKey, try access()) == .unchanged)
        #expect(review(withKey, try access(keys: ["SHA256:other"])).isLost)
        for record in [
            nil, try access(name: "anna"), try access(hash: "$2y$04$other"),
            try access(hash: nil), try access(directory: "two"),
            try access(isDisabled: true),
        ] {
            #expect(review(try granted(), record).isLost, "\(record as Any)")
        }
        for state in ServerState.allCases {
            let found = review(try granted(), try access(state: state))
            #expect(found.isLost == !state.allowsAccess, "\(state)")
        }
    }
}

extension AccessReview {
    fileprivate var isLost: Bool {
        if case .lost = self { true } else { false }
    }
}
