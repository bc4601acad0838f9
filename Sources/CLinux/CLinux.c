// The header is everything; this file makes the target compile one object.
#include "CLinux.h"
