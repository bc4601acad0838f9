#pragma once

#include <crypt.h>
#include <string.h>

/// explicit_bzero(3): overwrites memory that held a secret, and is never optimised away.
static inline void ccrypt_wipe(void *memory, size_t count) { explicit_bzero(memory, count); }
