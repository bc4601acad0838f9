#pragma once

// What processes, sockets and confinement need. See CLinuxFiles.h for the rule on types.

#include <stddef.h>
#include <stdint.h>

/// strerrordesc_np(3): the phrase for an error number, or null; thread-safe, never localised.
const char *clinux_error_text(int number);

/// pidfd_open(2).
int clinux_pidfd_open(int pid);

/// pidfd_send_signal(2) without extra information.
int clinux_pidfd_send_signal(int pidfd, int signal);

/// The end of a child as waitid(2) reports it: the exit status or the signal.
struct clinux_child_end {
    int by_signal;
    int value;
};

/// Reaps the child behind a pidfd without waiting: 1 when it has ended, 0 when not yet, -1 on error.
int clinux_pidfd_reap(int pidfd, struct clinux_child_end *end);

/// O_PATH, which is not imported.
extern const int clinux_o_path;

/// POLLRDHUP (poll(2)): the other side will send no more.
extern const int16_t clinux_poll_peer_ended;

/// epoll_create1(2), closed on exec.
int clinux_epoll_create(void);

/// Adds a descriptor to an epoll instance, for reading; the event carries its number.
int clinux_epoll_watch(int poll, int descriptor);

/// Removes a descriptor from an epoll instance.
int clinux_epoll_forget(int poll, int descriptor);

/// epoll_wait(2); stores the numbers of the descriptors that are ready, at most 64.
int clinux_epoll_wait(int poll, int *ready, int count, int milliseconds);

/// eventfd(2), non-blocking and closed on exec.
int clinux_eventfd(void);

/// Adds one to an eventfd.
int clinux_eventfd_signal(int descriptor);

/// Sets an eventfd back to zero.
int clinux_eventfd_drain(int descriptor);

/// pipe2(2), closed on exec.
int clinux_pipe(int ends[2]);

/// accept4(2), closed on exec.
int clinux_accept(int listener, void *address, uint32_t *length);

/// Names the calling thread (at most 15 bytes).
void clinux_name_thread(const char *name);

/// posix_spawn_file_actions_addclosefrom_np(3); the actions are a posix_spawn_file_actions_t.
int clinux_spawn_close_from(void *actions, int lowest);

/// sendmsg(2) of one packet with at most one descriptor (SCM_RIGHTS); `descriptor` -1 sends none.
int64_t clinux_send_packet(int socket, const void *bytes, size_t count, int descriptor, int flags);

/// recvmsg(2) of one packet. A descriptor that came with it is stored, else -1. A packet that was
/// cut short, or more than one descriptor, is an error (EMSGSIZE); nothing leaks.
int64_t clinux_receive_packet(int socket, void *bytes, size_t count, int *descriptor, int flags);

/// The credentials of a Unix socket's peer (SO_PEERCRED).
int clinux_peer_credentials(int socket, int32_t *pid, uint32_t *uid, uint32_t *gid);

/// memfd_create(2), closed on exec; a descriptor or -1.
int clinux_create_memory(const char *name);

/// Keeps memory the size that it has, for everybody and for ever (F_ADD_SEALS, fcntl(2)).
int clinux_seal_memory_size(int descriptor);

/// A word that another process writes, with everything that it had written before.
static inline uint64_t clinux_load_word(const uint64_t *word)
{
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

/// Writes a word for another process, after everything that was written before.
static inline void clinux_store_word(uint64_t *word, uint64_t value)
{
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
}

/// prctl(2) with one argument.
int clinux_prctl(int option, unsigned long argument);

extern const int clinux_pr_set_no_new_privs;
extern const int clinux_pr_set_dumpable;
extern const int clinux_pr_set_pdeathsig;

/// Sets the soft and the hard limit of a resource (setrlimit(2)).
int clinux_set_limit(int resource, uint64_t value);

/// Raises the soft limit of open descriptors to the hard one.
int clinux_raise_open_file_limit(void);

extern const int clinux_rlimit_core;
extern const int clinux_rlimit_nofile;
extern const int clinux_rlimit_nproc;
extern const int clinux_rlimit_as;
extern const int clinux_rlimit_data;

/// Unmaps the pages of the program's own file; whatever is needed again is mapped when it is.
int clinux_release_program(void);

/// The Landlock ABI of the running kernel, 0 where there is none.
int clinux_landlock_abi(void);

/// A ruleset that handles the given accesses; a descriptor or -1.
int clinux_landlock_create(uint64_t files, uint64_t network, uint64_t scopes);

/// Allows `access` beneath the directory.
int clinux_landlock_allow_beneath(int ruleset, int directory, uint64_t access);

/// Applies the ruleset to the calling thread and all it will ever start.
int clinux_landlock_restrict(int ruleset);
