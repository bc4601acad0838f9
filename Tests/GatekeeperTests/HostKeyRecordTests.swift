import Gatekeeper
import SubuserStore
import Testing

@Suite("What is public about a host key")
struct HostKeyRecordTests {
    struct Vector: Sendable {
        let line: String
        let bits: Int
        /// What `ssh-keygen -r sftp.example.org.` prints for it with type 2.
        let sshfp: String
    }

    @Test(
        "The SSHFP record is the one that ssh-keygen prints",
        arguments: [
            Vector(
                line: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEmeyFlAhw1CFi060PUkTKLBno+ThF"
                    + "DVXucUjRoNzKCg",
                bits: 256,
                sshfp: "sftp.example.org. IN SSHFP 4 2 c91c4471f"
                    + "78ee423e954f6e773b29a61dc67c7afb58fb8fe1d236fbf56c615e1"
            ),
            Vector(
                line: "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQCfX95Tjbxj8HRXJ+/Nl6xdwhbvMa"
                    + "nezplSUHmlvcZNofW9NW8Qv18GZSIsoD7xeox7nD+JuT6ti20Uyvg5a3j/+ha3mz/p"
                    + "nioKKvIk8mpRdIDjZmKT8xs7OzlA1xxyRW7kFB1PVYqoqhFjny2quppI/x6s+CRQfr"
                    + "Dk2HbzRo1rvpqtWyT4+PO4xT31+DPXfLdAxLRF/KdzZ4rn0mDmTakix8BHEiWe6n5e"
                    + "jNFfoTRFFordhO9ud2E081g5NgGvP2FrquuNwyry738hMEtnKEMxiUFaL9eqxo+5vN"
                    + "XlVGw5yST+to3Wq5g4L6DhvPLstUP+PDhCdGvxA738ZFLUG0aiPJqPi8SgBqAQ6XUu"
                    + "Ng36ej8ffEQrLx3c3CVP/5053wfwRrw9HP6+BGpvGEKWscRZSseWA4jJPRmsjymu8u"
                    + "YUD0rjvmCUom2HOf5F7zJLPMl9nY9Lx7OyVE4QurMwU1HgHRKbrcyc1L5CWb23yDb4"
                    + "aLtHg9f2YO4SKEga6NlNQb8=",
                bits: 3072,
                sshfp: "sftp.example.org. IN SSHFP 1 2 4d0ba3675"
                    + "eb1f6fc1f3bd067730fc9a4e54a70bc2817284e88dca5b1d2ba4fd1"
            ),
            Vector(
                line: "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNT"
                    + "YAAABBBGGgRTqtI9u1n52xB1NVWfFhIfC6cf7gBfMd87fsRKFV61o7oRWRM/sokZSc"
                    + "BCHQHLaSY26kDMeW1l9J/F7ZLJU=",
                bits: 256,
                sshfp: "sftp.example.org. IN SSHFP 3 2 2793810f2"
                    + "c58d1fa33778dbf869eaf6588c7d5369da854c0c512f525f9f46116"
            ),
            Vector(
                line: "ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1Mj"
                    + "EAAACFBACIClXXLnbKJ1ixaHaThWXCllt1U+wlfRas8nVx4nt/SnEnRdr7hDWNEYgi"
                    + "U4WgIzkoxMveS1yf2fwyddJGSc4W7AAOyCGcgiMnupDNwxVDsIlEsJzWwAErv/1tix"
                    + "CNeT45rqVDFiudiN8YzE05lX6dgJv/P+ZqVHZyE6i6kq61VTGXJw==",
                bits: 521,
                sshfp: "sftp.example.org. IN SSHFP 3 2 0fee1905a"
                    + "deae35b0928606efc3b295a4903c1025b1e434c94fb0b3e3427d187"
            ),
        ]
    )
    func sshfp(vector: Vector) throws {
        let key = try PublicKey(vector.line)
        #expect(key.bits == vector.bits)
        #expect(key.line == vector.line)
        let record = HostKeyRecord(path: "/key", role: .current, key: key)
        #expect(record.sshfp(name: "sftp.example.org.") == vector.sshfp)
    }

    @Test("A type that no host key has makes no record")
    func noRecord() throws {
        let line =
            "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIC7FluVDujIlh8qC"
            + "J6SRF1U5slZVfnuwZDNq60VUxY6eAAAABHNzaDo="
        let record = HostKeyRecord(path: "/key", role: .current, key: try PublicKey(line))
        #expect(record.sshfp(name: "@") == nil)
    }
}
