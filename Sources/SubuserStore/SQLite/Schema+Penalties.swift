extension Schema {
    // `saved` is a moment, everything else milliseconds that had passed or remained then. `shares`
    // and `offences` are pairs as `PenaltyPairs` writes them. Where somebody signed in with a
    // password is worth nothing once it is another one, whoever changes it.
    static let penalties = """
        CREATE TABLE bans (
            range TEXT PRIMARY KEY NOT NULL,
            saved INTEGER NOT NULL,
            age INTEGER NOT NULL,
            remaining INTEGER,
            reason TEXT NOT NULL
        ) STRICT;

        CREATE TABLE source_penalties (
            source TEXT PRIMARY KEY NOT NULL,
            saved INTEGER NOT NULL,
            age INTEGER NOT NULL,
            remaining INTEGER NOT NULL,
            latest TEXT NOT NULL,
            offences TEXT NOT NULL
        ) STRICT;

        CREATE TABLE account_penalties (
            user TEXT PRIMARY KEY NOT NULL REFERENCES users (uuid) ON DELETE CASCADE,
            saved INTEGER NOT NULL,
            age INTEGER NOT NULL,
            shares TEXT NOT NULL,
            offences TEXT NOT NULL
        ) STRICT;

        CREATE TABLE known_sources (
            user TEXT NOT NULL REFERENCES users (uuid) ON DELETE CASCADE,
            source TEXT NOT NULL,
            saved INTEGER NOT NULL,
            age INTEGER NOT NULL,
            PRIMARY KEY (user, source)
        ) STRICT;

        CREATE TRIGGER sources_known_by_password AFTER UPDATE OF password_hash ON users
        WHEN old.password_hash IS NOT new.password_hash
        BEGIN
            DELETE FROM known_sources WHERE user = new.uuid;
        END;
        """
}
