/// What every file's owner and group are called: never an account of the host.
enum OwnerNames {
    static let user = "owner"
    static let group = "group"
}
