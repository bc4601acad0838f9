#define _GNU_SOURCE
#include "CLinuxProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <linux/landlock.h>
#include <poll.h>
#include <pthread.h>
#include <spawn.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

const char *clinux_error_text(int number)
{
    return strerrordesc_np(number);
}

int clinux_pidfd_open(int pid)
{
    return (int)syscall(SYS_pidfd_open, pid, 0u);
}

int clinux_pidfd_send_signal(int pidfd, int signal)
{
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0u);
}

int clinux_create_memory(const char *name)
{
    return memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

int clinux_seal_memory_size(int descriptor)
{
    return fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
}

int clinux_pidfd_reap(int pidfd, struct clinux_child_end *end)
{
    siginfo_t info = {0};
    // glibc 2.36 declares P_PIDFD (3) only behind newer feature macros.
    if (waitid((idtype_t)3, (id_t)pidfd, &info, WEXITED | WNOHANG) != 0) return -1;
    if (info.si_pid == 0) return 0;
    end->by_signal = info.si_code != CLD_EXITED;
    end->value = info.si_status;
    return 1;
}

const int clinux_o_path = O_PATH;

const int16_t clinux_poll_peer_ended = POLLRDHUP;

int clinux_epoll_create(void)
{
    return epoll_create1(EPOLL_CLOEXEC);
}

int clinux_epoll_watch(int poll, int descriptor)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
    return epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event);
}

int clinux_epoll_forget(int poll, int descriptor)
{
    return epoll_ctl(poll, EPOLL_CTL_DEL, descriptor, NULL);
}

int clinux_epoll_wait(int poll, int *ready, int count, int milliseconds)
{
    struct epoll_event events[64];
    int number = epoll_wait(poll, events, count < 64 ? count : 64, milliseconds);
    for (int index = 0; index < number; index++) ready[index] = events[index].data.fd;
    return number;
}

int clinux_eventfd(void)
{
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

int clinux_eventfd_signal(int descriptor)
{
    return eventfd_write(descriptor, 1);
}

int clinux_eventfd_drain(int descriptor)
{
    eventfd_t value;
    return eventfd_read(descriptor, &value);
}

int clinux_pipe(int ends[2])
{
    return pipe2(ends, O_CLOEXEC);
}

int clinux_accept(int listener, void *address, uint32_t *length)
{
    return accept4(listener, address, length, SOCK_CLOEXEC);
}

void clinux_name_thread(const char *name)
{
    pthread_setname_np(pthread_self(), name);
}

int clinux_spawn_close_from(void *actions, int lowest)
{
    return posix_spawn_file_actions_addclosefrom_np(actions, lowest);
}

int64_t clinux_send_packet(int socket, const void *bytes, size_t count, int descriptor, int flags)
{
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = count};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control;
    if (descriptor >= 0) {
        memset(&control, 0, sizeof control);
        message.msg_control = control.space;
        message.msg_controllen = sizeof control.space;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(header), &descriptor, sizeof(int));
    }
    return sendmsg(socket, &message, flags | MSG_NOSIGNAL);
}

int64_t clinux_receive_packet(int socket, void *bytes, size_t count, int *descriptor, int flags)
{
    struct iovec part = {.iov_base = bytes, .iov_len = count};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int) * 4)];
    } control;
    struct msghdr message = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = control.space,
        .msg_controllen = sizeof control.space,
    };
    *descriptor = -1;
    ssize_t received = recvmsg(socket, &message, flags | MSG_CMSG_CLOEXEC);
    if (received < 0) return -1;
    int unexpected = (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL;
         header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        size_t number = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t index = 0; index < number; index++) {
            int each;
            memcpy(&each, CMSG_DATA(header) + index * sizeof(int), sizeof(int));
            if (*descriptor == -1 && !unexpected) {
                *descriptor = each;
            } else {
                close(each);
                unexpected = 1;
            }
        }
    }
    if (unexpected) {
        if (*descriptor >= 0) close(*descriptor);
        *descriptor = -1;
        errno = EMSGSIZE;
        return -1;
    }
    return received;
}

int clinux_peer_credentials(int socket, int32_t *pid, uint32_t *uid, uint32_t *gid)
{
    struct ucred credentials;
    socklen_t length = sizeof credentials;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) return -1;
    *pid = credentials.pid;
    *uid = credentials.uid;
    *gid = credentials.gid;
    return 0;
}

int clinux_prctl(int option, unsigned long argument)
{
    return prctl(option, argument, 0UL, 0UL, 0UL);
}

const int clinux_pr_set_no_new_privs = PR_SET_NO_NEW_PRIVS;
const int clinux_pr_set_dumpable = PR_SET_DUMPABLE;
const int clinux_pr_set_pdeathsig = PR_SET_PDEATHSIG;

int clinux_set_limit(int resource, uint64_t value)
{
    struct rlimit limit = {.rlim_cur = value, .rlim_max = value};
    return setrlimit(resource, &limit);
}

int clinux_raise_open_file_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
    limit.rlim_cur = limit.rlim_max;
    return setrlimit(RLIMIT_NOFILE, &limit);
}

const int clinux_rlimit_core = RLIMIT_CORE;
const int clinux_rlimit_nofile = RLIMIT_NOFILE;
const int clinux_rlimit_nproc = RLIMIT_NPROC;
const int clinux_rlimit_as = RLIMIT_AS;
const int clinux_rlimit_data = RLIMIT_DATA;

int clinux_landlock_abi(void)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return abi < 0 ? 0 : (int)abi;
}

// The kernel headers of Debian 12 describe ABI 2. Newer fields are laid out here as the kernel
// defines them; a kernel that does not know them accepts the larger structure while they are zero.
struct ruleset_attributes {
    uint64_t handled_access_fs;
    uint64_t handled_access_net;
    uint64_t scoped;
};

int clinux_landlock_create(uint64_t files, uint64_t network, uint64_t scopes)
{
    struct ruleset_attributes attributes = {
        .handled_access_fs = files,
        .handled_access_net = network,
        .scoped = scopes,
    };
    return (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
}

int clinux_landlock_allow_beneath(int ruleset, int directory, uint64_t access)
{
    struct landlock_path_beneath_attr rule = {.allowed_access = access, .parent_fd = directory};
    return (int)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
}

int clinux_landlock_restrict(int ruleset)
{
    return (int)syscall(SYS_landlock_restrict_self, ruleset, 0);
}

/// Lets go of what of the program's file is mapped read-only; the first object is the program.
static int release_file_pages(struct dl_phdr_info *object, size_t size, void *failed)
{
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        if (part->p_type != PT_LOAD || (part->p_flags & PF_W) != 0) continue;
        // Whole pages only: what shares one with another part stays.
        uintptr_t start = (object->dlpi_addr + part->p_vaddr + page - 1) & ~(page - 1);
        uintptr_t end = (object->dlpi_addr + part->p_vaddr + part->p_filesz) & ~(page - 1);
        if (start < end && madvise((void *)start, end - start, MADV_DONTNEED) != 0) {
            *(int *)failed = -1;
        }
    }
    (void)size;
    return 1;
}

int clinux_release_program(void)
{
    int result = 0;
    dl_iterate_phdr(release_file_pages, &result);
    return result;
}
