#pragma once

// What processes, sockets and confinement need.

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/// strerrordesc_np(3): the phrase for an error number, or null; thread-safe, never localised.
static inline const char *clinux_error_text(int number)
{
    return strerrordesc_np(number);
}
