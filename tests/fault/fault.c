/* fault: a library for LD_PRELOAD that lets system calls and malloc fail as they may, by the environment
 * SPDX-License-Identifier: MIT
 *
 *	FAULT		short-read, short-write, eintr, eagain, slow, enospc, epipe, malloc or clock
 *	FAULT_PROGRAM	the only program that is disturbed
 *	FAULT_SEED	for other random choices (1); the same seed strikes at the same calls
 *	FAULT_EVERY	one of how many calls is struck (3)
 *	FAULT_AFTER	calls that are left alone first (0)
 *	FAULT_TIMES	strikes at most (0: no limit)
 *	FAULT_OWN	1: only what the program itself allocates, not its libraries
 *	FAULT_JUMP	seconds that the clock jumps (3600)
 *	FAULT_REPORT	gets a line at exit: program, fault, calls that could be struck, calls that were
 *
 * A slow disk takes SLOWNESS for a write. A full disk stays full: enospc takes half of one write, then nothing, and only of regular files. A broken pipe stays
 * broken, a socket is shut down. The report is opened at start, since a sandbox may come after that, and what is done
 * later is written to it only.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { SLOWNESS = 50 };	/* milliseconds */
enum { HIGH = 200, FDS = 1024 };	/* the report's descriptor is out of the programs' way */
enum fault { NONE, SHORT_READ, SHORT_WRITE, EINTR_, EAGAIN_, ENOSPC_, EPIPE_, MALLOC, CLOCK, SLOW, FAULTS };

static const char *const names[FAULTS] = {
	"none", "short-read", "short-write", "eintr", "eagain", "enospc", "epipe", "malloc", "clock", "slow",
};

static struct {
	enum fault fault;
	uint64_t seed, every, after, times;
	long jump;
	bool own;
	uintptr_t from, to;		/* where the program's code is */
	int report;
	atomic_ullong tried, struck;
	atomic_bool full;
	atomic_bool broken[FDS];
} self = { .report = -1 };

static uint64_t
number(const char *name, uint64_t without)
{
	const char *value = getenv(name);

	return value ? strtoull(value, NULL, 10) : without;
}

/* the first object is the program */
static int
find_program(struct dl_phdr_info *info, size_t n, void *unused)
{
	(void)n;
	(void)unused;
	for (int i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_LOAD && info->dlpi_phdr[i].p_flags & PF_X) {
			self.from = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
			self.to = self.from + info->dlpi_phdr[i].p_memsz;
		}
	return 1;
}

__attribute__((constructor)) static void
begin(void)
{
	const char *fault = getenv("FAULT"), *program = getenv("FAULT_PROGRAM"), *report = getenv("FAULT_REPORT");
	const char *jump = getenv("FAULT_JUMP");
	enum fault found = NONE;
	int fd;

	for (int i = 0; fault && i < FAULTS; i++)
		if (strcmp(fault, names[i]) == 0)
			found = (enum fault)i;
	if (found == NONE || (program && strcmp(program, program_invocation_short_name) != 0))
		return;
	self.seed = number("FAULT_SEED", 1);
	self.every = number("FAULT_EVERY", 3);
	self.after = number("FAULT_AFTER", 0);
	self.times = number("FAULT_TIMES", 0);
	self.own = number("FAULT_OWN", 0);
	dl_iterate_phdr(find_program, NULL);
	self.jump = jump ? strtol(jump, NULL, 10) : 3600;
	if (report && (fd = (int)syscall(SYS_openat, AT_FDCWD, report, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)) != -1) {
		self.report = fcntl(fd, F_DUPFD_CLOEXEC, HIGH);
		close(fd);
	}
	self.fault = found;
}

__attribute__((destructor)) static void
end(void)
{
	char line[128];
	int n;

	if (self.report == -1)
		return;
	n = snprintf(line, sizeof line, "%s %s %llu %llu\n", program_invocation_short_name, names[self.fault],
	    (unsigned long long)self.tried, (unsigned long long)self.struck);
	syscall(SYS_write, self.report, line, (size_t)n);
}

/* splitmix64: the nth number of the seed, whichever thread asks */
static uint64_t
random_at(uint64_t n)
{
	uint64_t x = (self.seed << 32 ^ n) + UINT64_C(0x9e3779b97f4a7c15) * (n + 1);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* Is this call struck? */
static bool
strikes(void)
{
	uint64_t n = atomic_fetch_add(&self.tried, 1);

	if (n < self.after || (self.times && self.struck >= self.times) || (self.every > 1 && random_at(n) % self.every != 0))
		return false;
	atomic_fetch_add(&self.struck, 1);
	return true;
}

/* 1 to n - 1 of n, few as a rule */
static size_t
part_of(size_t n)
{
	size_t most = self.tried % 2 ? 64 : 16384;

	return 1 + random_at(self.tried + (UINT64_C(1) << 31)) % (n - 1 < most ? n - 1 : most);
}

static mode_t
kind(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 ? st.st_mode & S_IFMT : 0;
}

static int
fail(int error)
{
	errno = error;
	return -1;
}

/* Before something is read: -1 if it fails, else 0, and *n may be less. */
static int
reads(int fd, size_t *n)
{
	switch (self.fault) {
	case SHORT_READ:
		if (*n > 1 && strikes())
			*n = part_of(*n);
		return 0;
	case EINTR_:
		return strikes() ? fail(EINTR) : 0;
	case EAGAIN_:
		return kind(fd) != S_IFREG && strikes() ? fail(EAGAIN) : 0;
	default:
		return 0;
	}
}

/* The same before something is written; words are left alone. */
static int
writes(int fd, size_t *n)
{
	if (fd == STDERR_FILENO)
		return 0;
	switch (self.fault) {
	case SHORT_WRITE:
		if (*n > 1 && strikes())
			*n = part_of(*n);
		return 0;
	case EINTR_:
		return strikes() ? fail(EINTR) : 0;
	case EAGAIN_:
		return kind(fd) != S_IFREG && strikes() ? fail(EAGAIN) : 0;
	case SLOW:
		if (kind(fd) == S_IFREG && strikes())
			syscall(SYS_nanosleep, &(struct timespec){ .tv_nsec = SLOWNESS * 1000000L }, NULL);
		return 0;
	case ENOSPC_:
		if (kind(fd) != S_IFREG)
			return 0;
		if (self.full) {
			self.struck++;
			return fail(ENOSPC);
		}
		if (strikes()) {
			self.full = true;
			if (*n < 2)
				return fail(ENOSPC);
			*n /= 2;
		}
		return 0;
	case EPIPE_:
		if (fd < FDS && self.broken[fd])
			return fail(EPIPE);
		switch (kind(fd)) {
		case S_IFSOCK:
			if (!strikes())
				return 0;
			shutdown(fd, SHUT_RDWR);
			return fail(EPIPE);
		case S_IFIFO:
			if (!strikes())
				return 0;
			self.broken[fd < FDS ? fd : 0] = true;
			return fail(EPIPE);
		}
		return 0;
	default:
		return 0;
	}
}

ssize_t
read(int fd, void *data, size_t n)
{
	return reads(fd, &n) == -1 ? -1 : syscall(SYS_read, fd, data, n);
}

ssize_t __read_chk(int, void *, size_t, size_t);
ssize_t
__read_chk(int fd, void *data, size_t n, size_t room)
{
	return n > room ? (abort(), -1) : read(fd, data, n);
}

ssize_t
write(int fd, const void *data, size_t n)
{
	return writes(fd, &n) == -1 ? -1 : syscall(SYS_write, fd, data, n);
}

/* the first n bytes of these */
static int
first(const struct iovec *vec, int vec_n, size_t n, struct iovec *to)
{
	int i;

	for (i = 0; i < vec_n && n > 0; i++) {
		to[i] = vec[i];
		if (to[i].iov_len > n)
			to[i].iov_len = n;
		n -= to[i].iov_len;
	}
	return i;
}

static size_t
length(const struct iovec *vec, int vec_n)
{
	size_t n = 0;

	for (int i = 0; i < vec_n; i++)
		n += vec[i].iov_len;
	return n;
}

ssize_t
readv(int fd, const struct iovec *vec, int vec_n)
{
	struct iovec some[IOV_MAX];
	size_t n = length(vec, vec_n), all = n;

	if (reads(fd, &n) == -1)
		return -1;
	return n == all ? syscall(SYS_readv, fd, vec, vec_n) : syscall(SYS_readv, fd, some, first(vec, vec_n, n, some));
}

ssize_t
writev(int fd, const struct iovec *vec, int vec_n)
{
	struct iovec some[IOV_MAX];
	size_t n = length(vec, vec_n), all = n;

	if (writes(fd, &n) == -1)
		return -1;
	return n == all ? syscall(SYS_writev, fd, vec, vec_n) : syscall(SYS_writev, fd, some, first(vec, vec_n, n, some));
}

ssize_t
recv(int fd, void *data, size_t n, int flags)
{
	return reads(fd, &n) == -1 ? -1 : syscall(SYS_recvfrom, fd, data, n, flags, NULL, NULL);
}

ssize_t __recv_chk(int, void *, size_t, size_t, int);
ssize_t
__recv_chk(int fd, void *data, size_t n, size_t room, int flags)
{
	return n > room ? (abort(), -1) : recv(fd, data, n, flags);
}

ssize_t
send(int fd, const void *data, size_t n, int flags)
{
	return writes(fd, &n) == -1 ? -1 : syscall(SYS_sendto, fd, data, n, flags, NULL, 0);
}

ssize_t
sendmsg(int fd, const struct msghdr *message, int flags)
{
	struct iovec some[IOV_MAX];
	struct msghdr less = *message;
	size_t n = length(message->msg_iov, (int)message->msg_iovlen), all = n;

	if (writes(fd, &n) == -1)
		return -1;
	if (n < all) {
		less.msg_iovlen = (size_t)first(message->msg_iov, (int)message->msg_iovlen, n, some);
		less.msg_iov = some;
	}
	return syscall(SYS_sendmsg, fd, &less, flags);
}

/* fewer datagrams, never a part of one */
int
recvmmsg(int fd, struct mmsghdr *messages, unsigned n, int flags, struct timespec *timeout)
{
	size_t some = n;

	return reads(fd, &some) == -1 ? -1 : (int)syscall(SYS_recvmmsg, fd, messages, (unsigned)some, flags, timeout);
}

int
sendmmsg(int fd, struct mmsghdr *messages, unsigned n, int flags)
{
	size_t some = n;

	if (self.fault != EPIPE_ && self.fault != EAGAIN_ && writes(fd, &some) == -1)
		return -1;
	return (int)syscall(SYS_sendmmsg, fd, messages, (unsigned)some, flags);
}

int
ppoll(struct pollfd *fds, nfds_t n, const struct timespec *timeout, const sigset_t *mask)
{
	struct timespec left = { 0 };	/* the kernel writes to it */

	if (self.fault == EINTR_ && strikes())
		return fail(EINTR);
	if (timeout)
		left = *timeout;
	return (int)syscall(SYS_ppoll, fds, n, timeout ? &left : NULL, mask, _NSIG / 8);
}

int
poll(struct pollfd *fds, nfds_t n, int timeout)
{
	struct timespec ts = { timeout / 1000, timeout % 1000 * 1000000L };

	return ppoll(fds, n, timeout < 0 ? NULL : &ts, NULL);
}

int __poll_chk(struct pollfd *, nfds_t, int, size_t);
int
__poll_chk(struct pollfd *fds, nfds_t n, int timeout, size_t room)
{
	return n > room / sizeof *fds ? (abort(), -1) : poll(fds, n, timeout);
}

int __ppoll_chk(struct pollfd *, nfds_t, const struct timespec *, const sigset_t *, size_t);
int
__ppoll_chk(struct pollfd *fds, nfds_t n, const struct timespec *timeout, const sigset_t *mask, size_t room)
{
	return n > room / sizeof *fds ? (abort(), -1) : ppoll(fds, n, timeout, mask);
}

int
fsync(int fd)
{
	if (self.fault == ENOSPC_ && kind(fd) == S_IFREG && self.full) {
		self.struck++;
		return fail(ENOSPC);
	}
	return (int)syscall(SYS_fsync, fd);
}

int
open(const char *name, int flags, ...)
{
	mode_t mode = 0;

	if (flags & O_CREAT) {
		va_list ap;

		va_start(ap, flags);
		mode = va_arg(ap, mode_t);
		va_end(ap);
		if (self.fault == ENOSPC_ && self.full) {
			self.struck++;
			return fail(ENOSPC);
		}
	}
	return (int)syscall(SYS_openat, AT_FDCWD, name, flags, mode);
}

int __open_2(const char *, int);
int
__open_2(const char *name, int flags)
{
	return open(name, flags);
}

#ifdef __GLIBC__
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);

static bool
no_memory(const void *caller)
{
	if (self.fault != MALLOC || (self.own && ((uintptr_t)caller < self.from || (uintptr_t)caller >= self.to)) || !strikes())
		return false;
	errno = ENOMEM;
	return true;
}

void *
malloc(size_t n)
{
	return no_memory(__builtin_return_address(0)) ? NULL : __libc_malloc(n);
}

void *
calloc(size_t n, size_t size)
{
	return no_memory(__builtin_return_address(0)) ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t n)
{
	return no_memory(__builtin_return_address(0)) ? NULL : __libc_realloc(p, n);
}
#endif

/* the wall clock jumps once, by what FAULT_JUMP says */
static time_t
jump(void)
{
	static atomic_bool jumped;

	if (self.fault == CLOCK && !jumped && atomic_fetch_add(&self.tried, 1) >= self.after) {
		jumped = true;
		self.struck++;
	}
	return jumped ? self.jump : 0;
}

int
clock_gettime(clockid_t clock, struct timespec *now)
{
	int result = (int)syscall(SYS_clock_gettime, clock, now);

	if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
		now->tv_sec += jump();
	return result;
}

time_t
time(time_t *to)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (to)
		*to = now.tv_sec;
	return now.tv_sec;
}
