#define _GNU_SOURCE
#include "CLinuxFiles.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int clinux_openat2(
    int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve)
{
    struct open_how how = {.flags = flags, .mode = mode, .resolve = resolve};
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

const uint64_t clinux_resolve_beneath = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
const uint64_t clinux_resolve_no_links = RESOLVE_NO_SYMLINKS;
const uint64_t clinux_resolve_no_mounts = RESOLVE_NO_XDEV;

const int clinux_at_empty_path = AT_EMPTY_PATH;

int clinux_rename_noreplace(
    int old_directory, const char *old_name, int new_directory, const char *new_name)
{
    return renameat2(old_directory, old_name, new_directory, new_name, RENAME_NOREPLACE);
}

// The kernel headers of Debian 12 are older than the call; its number is the same everywhere.
#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif

int clinux_change_mode(int descriptor, uint32_t mode)
{
    return (int)syscall(SYS_fchmodat2, descriptor, "", mode, AT_EMPTY_PATH);
}

int clinux_set_times(int descriptor, int64_t access, int64_t modification)
{
    struct timespec times[2] = {{.tv_sec = access}, {.tv_sec = modification}};
    return utimensat(descriptor, "", times, AT_EMPTY_PATH);
}

int clinux_birth(int descriptor, struct clinux_birth *birth)
{
    struct statx status;
    if (statx(descriptor, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &status) != 0)
        return -1;
    birth->device = (uint64_t)status.stx_dev_major << 32 | status.stx_dev_minor;
    birth->number = status.stx_ino;
    birth->seconds = status.stx_btime.tv_sec;
    birth->nanoseconds = status.stx_btime.tv_nsec;
    return (status.stx_mask & STATX_BTIME) != 0;
}

int64_t clinux_copy_range(
    int source, int64_t source_offset, int target, int64_t target_offset, size_t count)
{
    return copy_file_range(source, &source_offset, target, &target_offset, count, 0);
}

int clinux_lock_byte(int descriptor, int64_t offset)
{
    struct flock lock = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = offset, .l_len = 1};
    return fcntl(descriptor, F_OFD_SETLK, &lock);
}

int clinux_byte_is_locked(int descriptor, int64_t offset)
{
    struct flock lock = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = offset, .l_len = 1};
    if (fcntl(descriptor, F_OFD_GETLK, &lock) != 0)
        return -1;
    return lock.l_type != F_UNLCK;
}

int64_t clinux_read_directory(int descriptor, void *bytes, size_t count)
{
    return getdents64(descriptor, bytes, count);
}
