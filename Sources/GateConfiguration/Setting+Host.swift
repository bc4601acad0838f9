/// Settings about the gate's place on its host.
extension Setting {
    static let sessions = [
        Setting(
            "sessions.program",
            \.sessions.program,
            .path,
            .onRestart,
            "The path of the program that serves one connection, portcullis-session."
        ),
        Setting(
            "sessions.warm",
            \.sessions.warm,
            .count("processes", 0...64),
            .onReload,
            """
            How many session processes are kept ready, so that a client need not wait for one to \
            start.
            """
        ),
        Setting(
            "sessions.goodbye_grace",
            \.sessions.goodbyeGrace,
            .duration(.zero ... .seconds(10)),
            .onReload,
            """
            How long a revoked session may take to tell its client why it ends before it is \
            killed. A revocation answers after it at the latest.
            """
        ),
        Setting(
            "sessions.review_interval",
            \.sessions.reviewInterval,
            .duration(.seconds(1) ... .seconds(86_400)),
            .onRestart,
            """
            How often open sessions are compared with the store, besides the comparison at every \
            change: one that the store would not let in any more is ended.
            """
        ),
        Setting(
            "sessions.confinement",
            \.sessions.confinement,
            .choice(),
            .onReload,
            """
            What to do where the kernel has no Landlock (Linux before 5.19) or no seccomp \
            filters: "when-available" serves with a warning in the log, "required" refuses to \
            serve.
            """
        ),
        Setting(
            "sessions.shutdown_grace",
            \.sessions.shutdownGrace,
            .duration(.zero ... .seconds(300)),
            .onReload,
            "How long sessions may take to end when the gate stops."
        ),
    ]

    static let files = [
        Setting(
            "files.volumes",
            \.files.volumes,
            .path,
            .onRestart,
            "The directory beneath which the directory of every server lies."
        ),
        Setting(
            "files.umask",
            \.files.umask,
            .mode,
            .onReload,
            "Permission bits that are never set on files and directories that clients create."
        ),
        Setting(
            "files.enter_mounts",
            \.files.enterMounts,
            .flag,
            .onReload,
            """
            Whether clients may go into what is mounted beneath a server's directory, such as a \
            second disk. The server's directory itself may be a mount point either way.
            """
        ),
        Setting(
            "files.container_paths",
            \.files.containerPaths,
            .paths,
            .onReload,
            """
            Where containers show a server's directory to the programs in them, for instance \
            /home/container. An absolute symbolic link to such a path is followed inside the \
            server; all others are refused.
            """
        ),
    ]

    static let store = [
        Setting(
            "store.path",
            \.store.path,
            .path,
            .onRestart,
            """
            The SQLite file with users, keys, servers, subusers and activity. It is created when \
            it is missing.
            """
        ),
        Setting(
            "store.busy_timeout",
            \.store.busyTimeout,
            .duration(.zero ... .seconds(60)),
            .onRestart,
            "How long to wait for another process that is writing to the store."
        ),
    ]

    static let control = [
        Setting(
            "control.socket",
            \.control.socket,
            .socketPath,
            .onRestart,
            "The Unix socket of the control API. The command line reads this setting too."
        ),
        Setting(
            "control.group",
            \.control.group,
            .group,
            .onRestart,
            """
            The group whose members may use the control API; "" means the gate's own group. \
            Whoever may use it controls every sign-in.
            """
        ),
    ]

    static let passwords = [
        Setting(
            "passwords.workers",
            \.passwords.workers,
            .count("threads", 1...64),
            .onRestart,
            """
            How many passwords are checked at the same time. Each check takes one processor for \
            up to a tenth of a second and 16 MiB of memory, at a lower priority than all else that \
            the gate does. The others wait, and sources take turns. A host with many people and \
            processors can have more.
            """
        ),
        Setting(
            "passwords.cost",
            \.passwords.cost,
            .count("yescrypt cost units", 1...11),
            .onRestart,
            """
            How much work a new password hash takes; each step doubles it. Hashes that exist \
            keep their own cost, unless passwords.rehash is on.
            """
        ),
        Setting(
            "passwords.rehash",
            \.passwords.rehash,
            .flag,
            .onReload,
            """
            Whether a sign-in with the right password replaces a stored hash that is bcrypt, or \
            yescrypt at another cost than passwords.cost. Leave it off where a panel sends hashes \
            again and again: each would put its own back, and end the user's sessions.
            """
        ),
    ]

    static let activity = [
        Setting(
            "activity.log_reads",
            \.activity.logReads,
            .flag,
            .onReload,
            "Whether downloads are recorded too, besides everything that changes files."
        ),
        Setting(
            "activity.flush_interval",
            \.activity.flushInterval,
            .duration(.milliseconds(10) ... .seconds(60)),
            .onRestart,
            """
            How long activity is collected before it is written to the store together. What a \
            gate that is killed has not written by then is lost.
            """
        ),
        Setting(
            "activity.retention",
            \.activity.retention,
            .retention,
            .onReload,
            "How long activity is kept. What is older is removed at the start and every hour."
        ),
    ]

    static let log = [
        Setting(
            "log.format",
            \.log.format,
            .choice(),
            .onRestart,
            "What a line of the log looks like: \"text\" for people, \"json\" for programs."
        ),
        Setting(
            "log.level",
            \.log.level,
            .choice(),
            .onReload,
            "The least important events that are logged."
        ),
    ]
}
