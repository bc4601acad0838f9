#pragma once

// What confined file access needs: openat2, renameat2 and friends.

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

/// openat2(2); glibc has no wrapper before 2.42.
static inline int clinux_openat2(
    int directory, const char *path, unsigned long long flags, unsigned long long mode,
    unsigned long long resolve)
{
    struct open_how how = {.flags = flags, .mode = mode, .resolve = resolve};
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}
