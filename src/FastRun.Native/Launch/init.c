// PID 1 of a sandbox that asks for one (--init): starts the command, passes signals on to it, reaps whatever the command
// leaves behind, and ends as the command ends. A program of its own, without a C library, that the engine executes from
// a sealed memory file, so it needs nothing of the image.
//
// argv: fastrun-init N CANDIDATE... ARGV...      N paths to try in turn, then the command's own argv.
// argv: fastrun-init N:FD[t][d][i] CANDIDATE... ARGV...   joins a PID namespace that setns(2) has made that of our children: the
//    command becomes a child of our parent, in a session of its own, with t on the terminal that is its standard input, and
//    with d it is killed when that parent ends. What enters the namespace has the command's rights by then, and nothing of
//    the engine: not its memory, and not its file behind /proc/self/exe, which a hostile script can name as its interpreter.
//    FD takes pairs of ints that tell how it went. With i that child is the init of the first form, for the command and what
//    descends from it: the namespace has a PID 1 of its own.

#include <asm/ioctls.h>
#include <asm/unistd.h>
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <linux/signal.h>
#include <linux/wait.h>

long fastrun_syscall(long nr, long a, long b, long c, long d, long e, long f); // launch.c

enum { MASK_SIZE = 8, NOT_EXECUTABLE = 126, NOT_FOUND = 127, INIT_FAILED = 125 };
enum { JOINED = 1, NOT_FORKED = 2, NOT_EXECUTED = 3 }; // with a process id or an errno; JoinReport.cs reads them

static const unsigned long every_signal = ~0UL;
static unsigned long mask_before;
static int is_among_others; // not PID 1: its end is not that of its namespace

static long call(long nr, long a, long b, long c, long d)
{
    return fastrun_syscall(nr, a, b, c, d, 0, 0);
}

static __attribute__((noreturn)) void leave(int code)
{
    for (;;)
        call(__NR_exit_group, code, 0, 0, 0);
}

static long number(const char **text)
{
    long value = 0;
    for (; **text >= '0' && **text <= '9' && value < 1L << 20; ++*text)
        value = value * 10 + (**text - '0');
    return value;
}

static char *append(char *at, char *end, const char *text)
{
    while (*text && at < end)
        *at++ = *text++;
    return at;
}

// One write, so that the line stays whole beside others.
static __attribute__((noreturn)) void fail(const char *name, const char *why, int code)
{
    char line[512], *end = line + sizeof line - 1, *at = append(line, end, "fastrun: ");
    at = append(append(append(at, end, name), end, ": "), end, why);
    *at++ = '\n';
    call(__NR_write, 2, (long)line, at - line, 0);
    leave(code);
}

// execvp's rule: what is missing is passed over, what is forbidden is remembered, anything else ends the search.
// Returns what it came to, negative.
static long try_execute(char **candidates, long count, char **argv, char **envp)
{
    long error = -ENOENT;
    for (long i = 0; i < count; i++) {
        long result = call(__NR_execve, (long)candidates[i], (long)argv, (long)envp, 0);
        if (result == -ENOENT || result == -ENOTDIR)
            continue;
        error = result;
        if (result != -EACCES)
            break;
    }
    return error;
}

static __attribute__((noreturn)) void execute(char **candidates, long count, char **argv, char **envp)
{
    long error = try_execute(candidates, count, argv, envp);
    if (error == -ENOENT)
        fail(argv[0], "command not found", NOT_FOUND);
    fail(argv[0], error == -EACCES ? "cannot be executed: permission denied"
         : error == -ENOEXEC ? "cannot be executed: exec format error" : "cannot be executed", NOT_EXECUTABLE);
}

static void tell(long report, int what, int number)
{
    int pair[2] = { what, number };
    call(__NR_write, report, (long)pair, sizeof pair, 0);
}

// Returns only in the child, where that is to be an init.
static void join(const char *words, char **candidates, long count, char **argv, char **envp)
{
    long report = number(&words);
    call(__NR_fcntl, report, F_SETFD, FD_CLOEXEC, 0);
    long child = call(__NR_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0);
    if (child != 0) {
        tell(report, child < 0 ? NOT_FORKED : JOINED, child < 0 ? -child : child);
        leave(0);
    }
    call(__NR_setsid, 0, 0, 0, 0);
    for (; *words; words++) {
        if (*words == 't')
            call(__NR_ioctl, 0, TIOCSCTTY, 0, 0);
        else if (*words == 'd')
            call(__NR_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0);
        else if (*words == 'i')
            is_among_others = 1;
    }
    if (is_among_others) {
        call(__NR_close, report, 0, 0, 0);
        call(__NR_prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0);
        return;
    }
    long error = try_execute(candidates, count, argv, envp);
    tell(report, NOT_EXECUTED, -error);
    leave(error == -ENOENT ? NOT_FOUND : NOT_EXECUTABLE);
}

// A process group of its own, in the terminal's foreground if there is a terminal: keys then signal the command, not us.
static __attribute__((noreturn)) void become_command(char **candidates, long count, char **argv, char **envp)
{
    call(__NR_setpgid, 0, 0, 0, 0);
    int group = call(__NR_getpid, 0, 0, 0, 0);
    call(__NR_ioctl, 0, TIOCSPGRP, (long)&group, 0);
    if (is_among_others)
        call(__NR_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0);
    call(__NR_rt_sigprocmask, SIG_SETMASK, (long)&mask_before, 0, MASK_SIZE);
    execute(candidates, count, argv, envp);
}

// Reaps every process that has ended; ends as the command did once it is among them.
static void reap(long command)
{
    int status;
    long pid;
    while ((pid = call(__NR_wait4, -1, (long)&status, WNOHANG, 0)) > 0)
        if (pid == command)
            leave((status & 0x7f) == 0 ? status >> 8 & 0xff : 128 + (status & 0x7f));
}

__attribute__((noreturn, used)) void start(long *stack)
{
    long argc = stack[0];
    char **argv = (char **)(stack + 1), **envp = argv + argc + 1;
    const char *words = argc > 1 ? argv[1] : "";
    long count = number(&words);
    if (count < 1 || argc < count + 3)
        fail("fastrun-init", "called without a command", INIT_FAILED);
    if (*words++ == ':')
        join(words, argv + 2, count, argv + 2 + count, envp);

    // An ignored SIGCHLD would have the kernel reap, and take the exit status with it.
    struct { void *handler; unsigned long flags; void *restorer; unsigned long mask; } by_default = {0};
    call(__NR_rt_sigaction, SIGCHLD, (long)&by_default, 0, MASK_SIZE);
    call(__NR_rt_sigprocmask, SIG_BLOCK, (long)&every_signal, (long)&mask_before, MASK_SIZE);
    call(__NR_prctl, PR_SET_NAME, (long)"fastrun-init", 0, 0);

    long command = call(__NR_clone, SIGCHLD, 0, 0, 0);
    if (command == 0)
        become_command(argv + 2, count, argv + 2 + count, envp);
    if (command < 0)
        fail("fastrun-init", "cannot fork", INIT_FAILED);
    for (;;) {
        long signal = call(__NR_rt_sigtimedwait, (long)&every_signal, 0, 0, MASK_SIZE);
        if (signal == SIGCHLD)
            reap(command);
        else if (signal > 0)
            call(__NR_kill, command, signal, 0, 0);
    }
}

#if defined(__x86_64__)
__asm__(".globl _start\n_start: xor %ebp, %ebp\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall start");
#else
__asm__(".globl _start\n_start: mov x29, xzr\n\tmov x30, xzr\n\tmov x0, sp\n\tbl start");
#endif
