#pragma once

// Macros and system calls that Swift cannot import by itself, made callable. No logic lives here.

#include "CLinuxFiles.h"
#include "CLinuxProcess.h"
