#pragma once

// What confined file access needs: openat2, renameat2 and friends.
//
// Only fixed-width types here: system headers read with _GNU_SOURCE, which these calls need,
// would disagree with the ones that Swift imports.

#include <stdint.h>

/// openat2(2); glibc has no wrapper before 2.42.
int clinux_openat2(
    int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);
