import GRDB

/// The tables, as the steps that lead to them.
///
/// A step that has been released is never edited; what changes is a new step.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 people, servers, subusers, activity") { database in
            try database.execute(sql: first)
        }
        migrator.registerMigration("2 second factor, invitations, delegations") { database in
            try database.execute(sql: second)
        }
        migrator.registerMigration("3 activity") { database in
            try database.execute(sql: activityReading)
        }
        migrator.registerMigration("4 idempotency") { database in
            try database.execute(sql: fourth)
        }
        migrator.registerMigration("5 live sessions") { database in
            try database.execute(sql: fifth)
        }
        migrator.registerMigration("6 lockdown") { database in
            try database.execute(sql: lockdown)
        }
        migrator.registerMigration("7 revocations") { database in
            try database.execute(sql: revocations)
        }
        migrator.registerMigration("8 actors") { database in
            try database.execute(sql: actors)
        }
        migrator.registerMigration("9 disabled users") { database in
            try database.execute(sql: disabledUsers)
        }
        migrator.registerMigration("10 penalties") { database in
            try database.execute(sql: penalties)
        }
        migrator.registerMigration("11 sign-in policies, codes, app passwords") { database in
            try database.execute(sql: signIn)
        }
        return migrator
    }

    // NOCASE folds ASCII, and user names and email addresses are ASCII.
    private static let first = """
        CREATE TABLE users (
            uuid TEXT PRIMARY KEY NOT NULL,
            username TEXT NOT NULL COLLATE NOCASE UNIQUE,
            email TEXT NOT NULL COLLATE NOCASE UNIQUE CHECK (length(email) <= 191),
            password_hash TEXT,
            administrator INTEGER NOT NULL CHECK (administrator IN (0, 1)),
            created INTEGER NOT NULL,
            updated INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE keys (
            user TEXT NOT NULL REFERENCES users (uuid) ON DELETE CASCADE,
            fingerprint TEXT NOT NULL,
            type TEXT NOT NULL,
            blob BLOB NOT NULL,
            name TEXT,
            created INTEGER NOT NULL,
            PRIMARY KEY (user, fingerprint)
        ) STRICT;

        CREATE TABLE servers (
            uuid TEXT PRIMARY KEY NOT NULL,
            short_id TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            owner TEXT NOT NULL REFERENCES users (uuid) ON DELETE RESTRICT,
            directory TEXT NOT NULL UNIQUE,
            state TEXT NOT NULL,
            created INTEGER NOT NULL,
            updated INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX servers_by_owner ON servers (owner);

        CREATE TABLE subusers (
            server TEXT NOT NULL REFERENCES servers (uuid) ON DELETE CASCADE,
            user TEXT NOT NULL REFERENCES users (uuid) ON DELETE CASCADE,
            permissions TEXT NOT NULL,
            created INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            PRIMARY KEY (server, user)
        ) STRICT;
        CREATE INDEX subusers_by_user ON subusers (user);

        CREATE TABLE activity (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            time INTEGER NOT NULL,
            event TEXT NOT NULL,
            user TEXT,
            username TEXT,
            server TEXT,
            session TEXT,
            ip TEXT,
            actor TEXT,
            properties TEXT NOT NULL
        ) STRICT;
        CREATE INDEX activity_by_user ON activity (user);
        CREATE INDEX activity_by_server ON activity (server);
        """

    private static let second = """
        ALTER TABLE users
            ADD COLUMN two_factor INTEGER NOT NULL DEFAULT 0 CHECK (two_factor IN (0, 1));

        CREATE TABLE invitations (
            uuid TEXT PRIMARY KEY NOT NULL,
            server TEXT NOT NULL REFERENCES servers (uuid) ON DELETE CASCADE,
            email TEXT NOT NULL COLLATE NOCASE CHECK (length(email) <= 191),
            permissions TEXT NOT NULL,
            expires INTEGER NOT NULL,
            created INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            UNIQUE (server, email)
        ) STRICT;
        CREATE INDEX invitations_by_email ON invitations (email);

        CREATE TABLE delegations (
            owner TEXT NOT NULL REFERENCES users (uuid) ON DELETE CASCADE,
            user TEXT NOT NULL REFERENCES users (uuid) ON DELETE CASCADE,
            permissions TEXT NOT NULL,
            created INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            PRIMARY KEY (owner, user),
            CHECK (owner <> user)
        ) STRICT;
        CREATE INDEX delegations_by_user ON delegations (user);
        """

    // Each index ends with the row's id, the order in which activity is read. `changed` is the
    // place in that order to which an entry has moved by growing; few entries ever have one.
    private static let activityReading = """
        ALTER TABLE activity ADD COLUMN changed INTEGER;
        DROP INDEX activity_by_user;
        DROP INDEX activity_by_server;
        CREATE INDEX activity_by_user ON activity (user, event);
        CREATE INDEX activity_by_server ON activity (server, event);
        CREATE INDEX activity_by_event ON activity (event);
        CREATE INDEX activity_by_time ON activity (time);
        CREATE INDEX activity_by_change ON activity (changed) WHERE changed IS NOT NULL;
        """

    private static let fourth = """
        CREATE TABLE idempotency (
            key TEXT NOT NULL,
            method TEXT NOT NULL,
            path TEXT NOT NULL,
            body_hash TEXT NOT NULL,
            status INTEGER NOT NULL,
            content BLOB NOT NULL,
            created INTEGER NOT NULL,
            PRIMARY KEY (key, method, path)
        ) STRICT;
        CREATE INDEX idempotency_by_age ON idempotency (created);
        """

    // What the record has of sessions that have not ended, so that nobody has to look for them in
    // it. Those of before belong to no gate that runs: zero is a number that none has.
    private static let fifth = """
        CREATE TABLE live_sessions (
            session TEXT PRIMARY KEY NOT NULL,
            gate INTEGER NOT NULL,
            user TEXT,
            username TEXT,
            server TEXT,
            ip TEXT,
            last INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        INSERT OR IGNORE INTO live_sessions
            SELECT session, 0, user, username, server, ip, time
            FROM activity INDEXED BY activity_by_event
            WHERE event = 'server:sftp.login' AND session IS NOT NULL AND session NOT IN (
                SELECT session FROM activity INDEXED BY activity_by_event
                WHERE event = 'server:sftp.logout' AND session IS NOT NULL
            );
        UPDATE live_sessions SET last = found.last FROM (
            SELECT activity.session, max(activity.time) AS last
            FROM activity CROSS JOIN live_sessions USING (session)
            GROUP BY activity.session
        ) AS found WHERE found.session = live_sessions.session;
        """

    private static let lockdown = """
        CREATE TABLE lockdown (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            text TEXT,
            since INTEGER NOT NULL
        ) STRICT;
        """

    // `request`, `selector` and `outcome` are JSON. A row without an end is a revocation that runs,
    // or one during which the gate died.
    private static let revocations = """
        CREATE TABLE revocations (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            job TEXT NOT NULL UNIQUE,
            request TEXT NOT NULL,
            selector TEXT NOT NULL,
            reason TEXT,
            actor TEXT NOT NULL,
            created INTEGER NOT NULL,
            ended INTEGER,
            resumed INTEGER NOT NULL DEFAULT 0 CHECK (resumed IN (0, 1)),
            outcome TEXT,
            CHECK ((ended IS NULL) = (outcome IS NULL))
        ) STRICT;
        CREATE INDEX revocations_by_time ON revocations (created);
        CREATE INDEX revocations_unfinished ON revocations (id) WHERE ended IS NULL;
        """

    // `actor_user` is the user among the actors; `owner` has all servers of theirs concerned. A new
    // column rewrites no row, and the indexes hold only the entries that have a value there: what
    // sessions do, which is nearly everything, costs nothing more.
    private static let actors = """
        ALTER TABLE activity ADD COLUMN actor_user TEXT;
        ALTER TABLE activity ADD COLUMN owner TEXT;
        CREATE INDEX activity_by_actor ON activity (actor, event) WHERE actor IS NOT NULL;
        CREATE INDEX activity_by_actor_user ON activity (actor_user, event)
            WHERE actor_user IS NOT NULL;
        CREATE INDEX activity_by_owner ON activity (owner, event) WHERE owner IS NOT NULL;
        """

    private static let disabledUsers = """
        ALTER TABLE users
            ADD COLUMN disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1));
        """
}
