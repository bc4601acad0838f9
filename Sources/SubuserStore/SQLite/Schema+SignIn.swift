extension Schema {
    // A policy is the list of what is enough, with a space between. `last_step` is that of the last
    // code that was used (RFC 6238 section 5.2). `pending` takes the place of a confirmed secret once
    // code of it was seen. `id` is another one with every secret that comes to count. `wrong` codes
    // are counted since the last right one, `last_wrong` is when the last of them was shown.
    static let signIn = """
        ALTER TABLE users ADD COLUMN sign_in TEXT;
        ALTER TABLE servers ADD COLUMN sign_in TEXT;

        CREATE TABLE second_factors (
            user TEXT PRIMARY KEY NOT NULL REFERENCES users (uuid) ON DELETE CASCADE,
            id TEXT NOT NULL,
            secret BLOB NOT NULL,
            last_step INTEGER,
            confirmed INTEGER NOT NULL CHECK (confirmed IN (0, 1)),
            pending BLOB CHECK (pending IS NULL OR confirmed),
            created INTEGER NOT NULL,
            wrong INTEGER NOT NULL DEFAULT 0,
            last_wrong INTEGER NOT NULL DEFAULT 0
        ) STRICT;

        CREATE TABLE recovery_codes (
            user TEXT NOT NULL REFERENCES second_factors (user) ON DELETE CASCADE,
            digest BLOB NOT NULL,
            PRIMARY KEY (user, digest)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE app_passwords (
            uuid TEXT PRIMARY KEY NOT NULL,
            user TEXT NOT NULL REFERENCES users (uuid) ON DELETE CASCADE,
            server TEXT REFERENCES servers (uuid) ON DELETE CASCADE,
            name TEXT NOT NULL,
            digest BLOB NOT NULL,
            created INTEGER NOT NULL,
            UNIQUE (user, name)
        ) STRICT;
        CREATE INDEX app_passwords_by_server ON app_passwords (server) WHERE server IS NOT NULL;
        """
}
