#ifndef PLUMB_BASE_BANNED_H
#define PLUMB_BASE_BANNED_H

/*
 * Functions that read or write without a bound, or that parse without reporting an error.  The build
 * includes this header before every source file of plumb, so a use is a compile error.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat sprintf vsprintf strtok strtok_r atoi atol atoll strtol strtoul strtoll     \
    strtoull
#pragma GCC poison strncpy strncat sscanf gets localtime gmtime asctime ctime

#endif
