#pragma once

// What confined file access needs: openat2, renameat2 and friends.
//
// Only fixed-width types here: system headers read with _GNU_SOURCE, which these calls need,
// would disagree with the ones that Swift imports.

#include <stddef.h>
#include <stdint.h>

/// openat2(2); glibc has no wrapper before 2.42.
int clinux_openat2(
    int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);

/// RESOLVE_BENEATH and RESOLVE_NO_MAGICLINKS (openat2(2)).
extern const uint64_t clinux_resolve_beneath;

/// RESOLVE_NO_SYMLINKS (openat2(2)).
extern const uint64_t clinux_resolve_no_links;

/// RESOLVE_NO_XDEV (openat2(2)).
extern const uint64_t clinux_resolve_no_mounts;

/// AT_EMPTY_PATH, which is not imported.
extern const int clinux_at_empty_path;

/// renameat2(2) with RENAME_NOREPLACE.
int clinux_rename_noreplace(
    int old_directory, const char *old_name, int new_directory, const char *new_name);

/// fchmodat2(2) on the descriptor itself; kernels before 6.6 lack it (ENOSYS).
int clinux_change_mode(int descriptor, uint32_t mode);

/// utimensat(2) on the descriptor itself, whole seconds since 1970.
int clinux_set_times(int descriptor, int64_t access, int64_t modification);

/// When a file came into being, and which it is (statx(2)).
struct clinux_birth {
    uint64_t device;
    uint64_t number;
    int64_t seconds;
    uint32_t nanoseconds;
};

/// 1 when the file system keeps that time, 0 when it does not, -1 on error.
int clinux_birth(int descriptor, struct clinux_birth *birth);

/// copy_file_range(2) between two offsets: the number of bytes copied, 0 at the end, -1 on error.
int64_t clinux_copy_range(
    int source, int64_t source_offset, int target, int64_t target_offset, size_t count);

/// Takes the lock on one byte of a file for this open file description (F_OFD_SETLK, fcntl(2)).
int clinux_lock_byte(int descriptor, int64_t offset);

/// 1 when another open file description has that lock, 0 when none has, -1 on error.
int clinux_byte_is_locked(int descriptor, int64_t offset);

/// getdents64(2): the number of bytes stored, 0 at the end, -1 on error.
int64_t clinux_read_directory(int descriptor, void *bytes, size_t count);
