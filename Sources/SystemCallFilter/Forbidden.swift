/// What no session and no library in it ever asks for: whoever does has taken the process over.
///
/// What a library might try is left out and fails as everything else does: sockets, threads, memory
/// that is executable. `clone` is among them, as is `clone3`, whose arguments no filter can see.
enum Forbidden {
    static let names = programs + others + files + namespaces + kernel

    /// Other programs.
    private static let programs = ["execve", "execveat", "fork", "vfork"]

    /// Other processes.
    private static let others = [
        "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp", "kill",
        "tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_open", "pidfd_getfd",
        "pidfd_send_signal",
    ]

    /// Files past every path.
    private static let files = ["open_by_handle_at", "name_to_handle_at", "fanotify_init"]

    /// Another view of the host.
    private static let namespaces = [
        "mount", "umount2", "pivot_root", "chroot", "setns", "unshare", "open_tree", "move_mount",
        "fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr",
    ]

    /// Parts of the kernel that have been ways into it, and what belongs to the host.
    private static let kernel = [
        "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter",
        "io_uring_register", "add_key", "request_key", "keyctl", "personality", "init_module",
        "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot", "swapon",
        "swapoff", "acct", "iopl", "ioperm", "settimeofday", "clock_settime", "clock_adjtime",
        "adjtimex", "sethostname", "setdomainname", "syslog", "quotactl", "vhangup",
    ]
}
