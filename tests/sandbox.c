/* sandbox: enters the sandbox of lib/sandbox.h and says what the kernel makes of what it must not do, and of what it may
 * usage: sandbox [--metrics FILE] [FILE | stay]      with FILE files may be opened for reading; stay: it may do all but leave
 * SPDX-License-Identifier: MIT
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "io.h"
#include "opt.h"
#include "sandbox.h"

static const struct opt opts[] = { { 0 } };

static void
say(const char *what, long result)
{
	printf("%s: %s\n", what, result == -1 ? strerror(errno) : "done");
}

int
main(int argc, char *argv[])
{
	char *const nothing[] = { NULL };
	pid_t child;
	void *room;

	opt_init("sandbox", "[FILE]", "what the sandbox refuses", opts);
	if (opt_next(argc, argv) != -1)
		opt_usage("what?");
	if (optind < argc && strcmp(argv[optind], "stay") == 0)
		sandbox_stay();
	else
		sandbox_enter(optind < argc);
	say("another program", execv("/nonexistent", nothing));
	say("another process", child = fork());
	if (child == 0)
		_exit(0);
	say("network", socket(AF_INET, SOCK_STREAM, 0));
	say("local socket", socket(AF_UNIX, SOCK_STREAM, 0));
	say("trace", ptrace(PTRACE_PEEKDATA, getppid(), NULL, NULL));
	say("kill", kill(getppid(), 0));
	say("folder", mkdir("folder", 0777));
	say("open to read", open(argv[optind] ? argv[optind] : "/dev/null", O_RDONLY));
	say("open to write", open("written", O_WRONLY));
	say("new file", open("new", O_RDONLY | O_CREAT, 0666));
	say("metrics", io_replace("metrics", "1\n", 2));
	room = malloc(64 << 20);
	say("memory", room ? 0 : -1);
	free(room);
	return EX_OK;
}
