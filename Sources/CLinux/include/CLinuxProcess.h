#pragma once

// What processes, sockets and confinement need. See CLinuxFiles.h for the rule on types.

#include <stdint.h>

/// strerrordesc_np(3): the phrase for an error number, or null; thread-safe, never localised.
const char *clinux_error_text(int number);
