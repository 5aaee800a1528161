/* sandbox: what a program gives up once it is set up
 * SPDX-License-Identifier: MIT
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stdbool.h>

/* For what reads only streams and files: from now on this process can read and write what is open, wait, ask for the time
 * and for memory, and end. With `files` it can open files for reading as well, and with --metrics write and rename them
 * (the filter sees flags, not paths). The kernel refuses all else with EPERM, by seccomp(2): no other program, no network.
 * Where the kernel cannot do that nothing changes, and -v says so. A program built with a sanitizer, which needs more,
 * stays as it is. */
void sandbox_enter(bool files);

/* The least, for what needs the network and files as it goes: from now on this process, with the threads that begin later,
 * stays the program that it is. The kernel refuses it to run another one, to look into or signal another process, and to
 * mount. */
void sandbox_stay(void);

#endif
