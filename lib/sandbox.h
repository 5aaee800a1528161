/* sandbox: what a program gives up once it is set up
 * SPDX-License-Identifier: MIT
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stdbool.h>

/* From now on this process, and what it starts, can read and write what is open, wait, ask for the time and for memory,
 * and end. With `files` it can open files for reading as well, with --metrics it can write that file. The kernel refuses
 * all else with EPERM, by seccomp(2): no other program, no network, no file. Where the kernel cannot do that nothing
 * changes, and -v says so. A program built with a sanitizer, which needs more, stays as it is. */
void sandbox_enter(bool files);

#endif
