// The floor: a C main that makes what a launch needs and walks the identical tape, which the engine wrote to a file
// (dump-tape of FastRun.Benchmarks). No runtime, no checks, no lookups, no watcher: what is left is the kernel's work.
//   floor TAPE
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "launch.c"

enum { ROOT, DEVICES, NULL_NODE, TERMINALS, SHARED_MEMORY, FILES, ROLES, FIELD = 256, FIRST_FREE = 100 };

static void check(long result, const char *what)
{
    if (result < 0) {
        perror(what);
        exit(125);
    }
}

static const char *at;

static int64_t number(void)
{
    int64_t value;
    memcpy(&value, at, sizeof value);
    at += sizeof value;
    return value;
}

static const char *field(void)
{
    const char *text = at;
    at += FIELD;
    return text;
}

static int open_filesystem(const char *type)
{
    int context = syscall(SYS_fsopen, type, 1);
    check(context, type);
    return context;
}

static void set(int context, const char *key, const char *value)
{
    check(syscall(SYS_fsconfig, context, value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, key, value, 0), key);
}

// The finished mount, under the number that it has on the tape.
static void make_mount(int context, unsigned attributes, int as)
{
    check(syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, 0, 0, 0), "create");
    int mount = syscall(SYS_fsmount, context, 1, attributes);
    check(mount, "fsmount");
    check(dup3(mount, as, O_CLOEXEC), "dup3");
    close(mount);
    close(context);
}

static void write_file(int directory, const char *name, const char *text)
{
    int file = openat(directory, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    check(file, name);
    check(write(file, text, strlen(text)), name);
    close(file);
}

static void make_devices(int dev)
{
    static const struct { const char *name; int major, minor; } nodes[] = {
        { "null", 1, 3 }, { "zero", 1, 5 }, { "full", 1, 7 }, { "random", 1, 8 }, { "urandom", 1, 9 }, { "tty", 5, 0 },
    };
    for (unsigned i = 0; i < sizeof nodes / sizeof *nodes; i++)
        check(mknodat(dev, nodes[i].name, S_IFCHR | 0666, makedev(nodes[i].major, nodes[i].minor)), nodes[i].name);
    symlinkat("pts/ptmx", dev, "ptmx");
    symlinkat("/proc/self/fd", dev, "fd");
    symlinkat("/proc/self/fd/0", dev, "stdin");
    symlinkat("/proc/self/fd/1", dev, "stdout");
    symlinkat("/proc/self/fd/2", dev, "stderr");
    symlinkat("/proc/kcore", dev, "core");
    mkdirat(dev, "pts", 0755);
    mkdirat(dev, "shm", 0755);
    mkdirat(dev, "mqueue", 0755);
}

int main(int argc, char **argv)
{
    check(argc == 2 ? 0 : -1, "usage: floor TAPE");
    umask(0);
    int file = open(argv[1], O_RDONLY | O_CLOEXEC);
    struct stat status;
    check(file < 0 ? -1 : fstat(file, &status), argv[1]);
    at = mmap(0, status.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);

    uint64_t namespaces = number();
    int descriptor[ROLES];
    for (int i = 0; i < ROLES; i++)
        descriptor[i] = number();
    const char *sandbox = field();
    char upper[FIELD + 8], work[FIELD + 8];
    snprintf(upper, sizeof upper, "%s/upper", sandbox);
    snprintf(work, sizeof work, "%s/work", sandbox);
    check(mkdir(sandbox, 0700) | mkdir(upper, 0755) | mkdir(work, 0700), sandbox);

    int overlay = open_filesystem("overlay");
    for (int64_t lowers = number(); lowers > 0; lowers--)
        set(overlay, "lowerdir+", field());
    set(overlay, "upperdir", upper);
    set(overlay, "workdir", work);
    set(overlay, "volatile", 0);
    make_mount(overlay, 0, descriptor[ROOT]);

    int tmpfs = open_filesystem("tmpfs");
    set(tmpfs, "mode", "0755");
    set(tmpfs, "size", "65536k");
    make_mount(tmpfs, MOUNT_ATTR_NOSUID | MOUNT_ATTR_STRICTATIME, descriptor[DEVICES]);
    make_devices(descriptor[DEVICES]);
    int null = openat(descriptor[DEVICES], "null", O_PATH | O_CLOEXEC);
    check(dup3(null, descriptor[NULL_NODE], O_CLOEXEC), "dup3");

    int devpts = open_filesystem("devpts");
    set(devpts, "newinstance", 0);
    set(devpts, "ptmxmode", "0666");
    set(devpts, "mode", "0620");
    set(devpts, "gid", "5");
    make_mount(devpts, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, descriptor[TERMINALS]);

    int shm = open_filesystem("tmpfs");
    set(shm, "mode", "1777");
    set(shm, "size", "67108864");
    make_mount(shm, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, descriptor[SHARED_MEMORY]);

    int files = open_filesystem("tmpfs");
    set(files, "mode", "0755");
    set(files, "size", "1m");
    make_mount(files, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, descriptor[FILES]);
    mkdirat(descriptor[FILES], "empty", 0555);
    write_file(descriptor[FILES], "hosts", "127.0.0.1\tlocalhost\n");
    write_file(descriptor[FILES], "hostname", "floor\n");
    write_file(descriptor[FILES], "resolv.conf", "");

    const char *group = access("/sys/fs/cgroup/cgroup.procs", F_OK) == 0
        ? "/sys/fs/cgroup/fastrun/default-1/plain/floor" : "/sys/fs/cgroup/unified/fastrun/default-1/plain/floor";
    check(mkdir(group, 0755), group);
    int cgroup = open(group, O_PATH | O_CLOEXEC);

    struct tape tape = { .count = number() };
    tape.ops = (const struct op *)at;
    at += tape.count * sizeof(struct op);
    tape.slots = (long *)number();
    for (int64_t chunks = number(); chunks > 0; chunks--) {
        uintptr_t address = number(), used = number();
        uintptr_t page = address & ~4095UL;
        void *mapped = mmap((void *)page, address + used - page, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        check(mapped == MAP_FAILED ? -1 : 0, "the tape's addresses are taken");
        memcpy((void *)address, at, used);
        at += used;
    }

    static char stack[16384] __attribute__((aligned(16)));
    int pidfd = -1;
    struct clone_args arguments = {
        .flags = namespaces | CLONE_VM | CLONE_VFORK | CLONE_PIDFD | CLONE_CLEAR_SIGHAND | CLONE_INTO_CGROUP,
        .pidfd = (uintptr_t)&pidfd, .exit_signal = SIGCHLD, .stack = (uintptr_t)stack, .stack_size = sizeof stack,
        .cgroup = cgroup,
    };
    long child = fastrun_clone3(&arguments, sizeof arguments, &tape);
    check(child, "clone3");
    int exit_status;
    check(waitpid(child, &exit_status, 0), "waitpid");
    if (tape.error != 0)
        fprintf(stderr, "floor: op %ld: %s\n", tape.position, strerror(tape.error));

    for (int i = 0; i < ROLES; i++)
        close(descriptor[i]);
    rmdir(group);
    static const char *const leftovers[] = { "work/work/incompat/volatile", "work/work/incompat", "work/work", "work", "upper" };
    check(chdir(sandbox), sandbox);
    unlink("work/work/incompat/volatile/dirty");
    for (unsigned i = 0; i < sizeof leftovers / sizeof *leftovers; i++)
        rmdir(leftovers[i]);
    check(rmdir(sandbox), sandbox);
    return WIFEXITED(exit_status) ? WEXITSTATUS(exit_status) : 128 + WTERMSIG(exit_status);
}
