#pragma once

#include <seccomp.h>

/// SCMP_ACT_ERRNO, a macro with an argument.
static inline uint32_t cseccomp_refuse(uint16_t number) { return SCMP_ACT_ERRNO(number); }
