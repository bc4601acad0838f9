#pragma once

// What processes, sockets and confinement need.

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <sys/socket.h>
#include <unistd.h>
