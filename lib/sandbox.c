/* sandbox: what a program gives up once it is set up
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "opt.h"
#include "sandbox.h"

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define SANITIZED 1
#elif defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

#if defined __x86_64__
#define ARCH AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define ARCH AUDIT_ARCH_AARCH64
#elif defined __riscv && __riscv_xlen == 64
#define ARCH AUDIT_ARCH_RISCV64
#endif

#if defined ARCH && !defined SANITIZED

/* what is always needed; each is there on some architectures, or with some C libraries */
static const unsigned allowed[] = {
	SYS_read, SYS_readv, SYS_write, SYS_writev, SYS_sendto, SYS_sendmsg, SYS_sendmmsg, SYS_pread64, SYS_lseek, SYS_close,
	SYS_fcntl, SYS_ioctl, SYS_fstat, SYS_ppoll, SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_rt_sigtimedwait,
	SYS_restart_syscall, SYS_brk, SYS_mmap, SYS_munmap, SYS_mremap, SYS_madvise, SYS_mprotect, SYS_futex, SYS_getrandom,
	SYS_clock_gettime, SYS_clock_nanosleep, SYS_nanosleep, SYS_gettimeofday, SYS_wait4, SYS_getpid, SYS_gettid, SYS_tgkill,
	SYS_exit, SYS_exit_group,
#ifdef SYS_poll
	SYS_poll,
#endif
#ifdef SYS_time
	SYS_time,
#endif
#ifdef SYS_newfstatat
	SYS_newfstatat,
#endif
#ifdef SYS_statx
	SYS_statx,
#endif
};

/* --metrics writes a new file and renames it (io_replace) */
static const unsigned replacing[] = {
	SYS_openat, SYS_renameat2, SYS_unlinkat,
#ifdef SYS_renameat
	SYS_renameat,
#endif
#ifdef SYS_open
	SYS_open, SYS_rename, SYS_unlink,
#endif
};

/* other programs, other processes, other views of the system */
static const unsigned elsewhere[] = {
	SYS_execve, SYS_execveat, SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kill,
	SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_unshare, SYS_setns, SYS_bpf, SYS_perf_event_open,
};

enum { CALLS = sizeof allowed / sizeof allowed[0] + sizeof replacing / sizeof replacing[0] };

static struct {
	struct sock_filter code[16 + 2 * CALLS];
	unsigned short n;
} program;

static void
add(unsigned short what, unsigned value, unsigned char yes, unsigned char no)
{
	program.code[program.n++] = (struct sock_filter)BPF_JUMP(what, value, yes, no);
}

static void
load(size_t at)
{
	add(BPF_LD | BPF_W | BPF_ABS, (unsigned)at, 0, 0);
}

static void
answer(unsigned value)
{
	add(BPF_RET | BPF_K, value, 0, 0);
}

static void
allow(unsigned call)
{
	add(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1);
	answer(SECCOMP_RET_ALLOW);
}

/* a call whose argument of that place are the flags of open(2): only to read; it ends the program */
static void
allow_reading(unsigned call, int argument)
{
	add(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 4);
	load(offsetof(struct seccomp_data, args) + 8 * (size_t)argument + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0));
	add(BPF_JMP | BPF_JSET | BPF_K, O_ACCMODE | O_CREAT | O_TRUNC, 1, 0);
	answer(SECCOMP_RET_ALLOW);
	answer(SECCOMP_RET_ERRNO | EPERM);
}

static void
begin(void)
{
	load(offsetof(struct seccomp_data, arch));
	add(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0);
	answer(SECCOMP_RET_KILL_PROCESS);
	load(offsetof(struct seccomp_data, nr));
}

static void
enter(void)
{
	if ((prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER,
	    &(struct sock_fprog){ .len = program.n, .filter = program.code }) == -1) && opt_common.verbose)
		warn("seccomp");
}

void
sandbox_enter(bool files)
{
	begin();
	for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++)
		allow(allowed[i]);
	for (size_t i = 0; opt_common.metrics && i < sizeof replacing / sizeof replacing[0]; i++)
		allow(replacing[i]);
	if (files) {
		allow_reading(SYS_openat, 2);
#ifdef SYS_open
		allow_reading(SYS_open, 1);
#endif
	}
	answer(SECCOMP_RET_ERRNO | EPERM);
	enter();
}

void
sandbox_stay(void)
{
	begin();
	for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++) {
		add(BPF_JMP | BPF_JEQ | BPF_K, elsewhere[i], 0, 1);
		answer(SECCOMP_RET_ERRNO | EPERM);
	}
	answer(SECCOMP_RET_ALLOW);
	enter();
}

#else

void
sandbox_enter(bool files)
{
	(void)files;
}

void
sandbox_stay(void)
{
}

#endif
