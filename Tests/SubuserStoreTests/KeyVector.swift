import SubuserStore
import Testing

/// A public key as ssh-keygen wrote it, with the fingerprint that `ssh-keygen -l` prints.
struct KeyVector: Sendable, CustomTestStringConvertible {
    let kind: PublicKey.Kind
    let blob: String
    let fingerprint: String

    /// The line of its .pub file.
    var line: String { "\(kind.rawValue) \(blob) vector" }
    var testDescription: String { kind.rawValue }

    static let all = [
        KeyVector(
            kind: .ed25519,
            blob: "AAAAC3NzaC1lZDI1NTE5AAAAIC7FluVDujIlh8qCJ6SRF1U5slZVfnuwZDNq60VUxY6e",
            fingerprint: "SHA256:hGTxRv1X7srAS6uOBfy6/Fw4tBMv/SATWtJ1Jcnc2PQ"
        ),
        KeyVector(
            kind: .ecdsaP256,
            blob: "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBHvSf1g2o4TjEF5jrR"
                + "PAeXvHOSAXNjvDm0aoAYHQGP5nuU0I9Rybz1c/gPgdydk/5Gb4tmgAlo+lPQGuH1icH7w=",
            fingerprint: "SHA256:aZ9MTbUUmq+GJXuKnMEeKkudV/s4ZAqTxx0Y9W7Gdik"
        ),
        KeyVector(
            kind: .ecdsaP384,
            blob: "AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBKZpONgUYRqgUuhrsd"
                + "OXPcnDio4U6993ZoHVCAvWOr0emhoSozjyMDRlOmvNndLSZJN+PqOodm7Sd7VXJJiPz8oQ"
                + "uIH0wRIgEHnF+K/PxdQ0j51fD+xgwNthRFxxb8ivYw==",
            fingerprint: "SHA256:SDyP2v6LatnYWilPyAFva+WgVvlSfQhHtV3USBU0AKk"
        ),
        KeyVector(
            kind: .ecdsaP521,
            blob: "AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAGnVL47H0zNI2WkBe"
                + "CiSUHTS3m0GfJ3As5k6duILZgyiiUpihLZENfYGd77t+k5B+WtFoiMRlvnjkGjG/Hxxadb"
                + "yAE25PjP7lF8Rd3ds2gjblcKPqxy4wUih719I9qhMZBmr7ygLkqCtbxHQ6sojWLS080v7C"
                + "r1JJ37eooVQm5sqf/3jA==",
            fingerprint: "SHA256:53vLsdQaQr6q1HFBJhzrY3fd5qEWogoaZwwXNtjQ6mE"
        ),
        KeyVector(
            kind: .rsa,
            blob: "AAAAB3NzaC1yc2EAAAADAQABAAABAQCm95zK3Fga+BXUKONUDVkANacih36cDoTiD+yPlI"
                + "QOU5HaymD4neuA3PtqraGIg0t0Qzt7QEv2iXDNR/R8NFc7t8zAyPJgds91PLMsUETh3fTt"
                + "nsRMFPzk+nIfnfBV+a0dhB7UfSUQapVbLYUp2U9AVsigpaeWtqxXAS22aNPxvhrppHBiQ9"
                + "ifgucadxd2711j375z3D/00fCX1kVOTR/PJ4XJaK+aqCcr/BN4J/GWHRmzYMlBHwtqeVPZ"
                + "AwZ9Qo/cZRuJuOCuip1Ceicjx0pqw0DTW+AoX3jGg8MPHIneI9upNSl9Pl1P6vWEREtxJE"
                + "NLcBTlq8QxG7L8SnKe15aB",
            fingerprint: "SHA256:QrBSuCbYFyn3mkf72fyI9Q3m4sOKAZvmc34ptme2nLs"
        ),
        KeyVector(
            kind: .securityKeyEd25519,
            blob: "AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIC7FluVDujIlh8qCJ6SRF1U5sl"
                + "ZVfnuwZDNq60VUxY6eAAAABHNzaDo=",
            fingerprint: "SHA256:0s8nxG9MhCq0D1Q2qnnp0bgp8aCTcNuxEhJ0Egb++Yc"
        ),
        KeyVector(
            kind: .securityKeyECDSA,
            blob: "AAAAInNrLWVjZHNhLXNoYTItbmlzdHAyNTZAb3BlbnNzaC5jb20AAAAIbmlzdHAyNTYAAA"
                + "BBBHvSf1g2o4TjEF5jrRPAeXvHOSAXNjvDm0aoAYHQGP5nuU0I9Rybz1c/gPgdydk/5Gb4"
                + "tmgAlo+lPQGuH1icH7wAAAAEc3NoOg==",
            fingerprint: "SHA256:n4In43lYgsPISMIxfa26/KKdTg6JTHeUoQ8bo6WfCqg"
        ),
    ]

    /// An RSA key of 1024 bits.
    static let shortRSA =
        "ssh-rsa "
        + "AAAAB3NzaC1yc2EAAAADAQABAAAAgQDXb5TzTcBO0h3W1bpJpe6IHoyl4Yyh7lS4RvBM2q"
        + "1WLxrtU9DzGbYOOEapuBJfx4l5iioOhE4xfygdtt9J4avHFc06cQFBuDUcmkPFHIEoxZYs"
        + "LT6m9mrg8NtYXat04v7E+utLMryY1Yw0QmepwqgVcvkW2VpeXl6a+wKkXNGZFQ=="
}
