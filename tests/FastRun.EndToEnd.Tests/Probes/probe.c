// What a sandbox's process sees and may do, asked from the inside without a libc's help or a shell's.
// usage: probe WORD [ARGUMENT...]
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void report(const char *name, long result)
{
    printf("%s %s\n", name, result < 0 ? strerrorname_np(errno) : "ok");
}

#define TRY(name, ...) report(name, syscall(__VA_ARGS__))

#ifdef __x86_64__
// socketcall(SYS_SOCKET, {AF_ALG, SOCK_SEQPACKET, 0}) through the 32-bit entry: the way around a 64-bit socket filter.
static long socketcall32(void)
{
    unsigned int *arguments = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    arguments[0] = AF_ALG;
    arguments[1] = SOCK_SEQPACKET;
    arguments[2] = 0;
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(102L), "b"(1L), "c"((long)arguments) : "r8", "r9", "r10", "r11", "memory");
    errno = result < 0 ? -(int)result : 0;
    return (int)result;
}
#endif

// Calls of the default profile, one line "name errno" each. The arguments would be good enough where the call is allowed.
static int denied(void)
{
    TRY("unshare-user", SYS_unshare, CLONE_NEWUSER);
    TRY("unshare-mount", SYS_unshare, CLONE_NEWNS);
    TRY("unshare-cgroup", SYS_unshare, CLONE_NEWCGROUP);
    TRY("clone-user", SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
    TRY("clone3", SYS_clone3, NULL, 0);
    TRY("setns", SYS_setns, -1, 0);
    TRY("mount", SYS_mount, "none", "/tmp", "tmpfs", 0, NULL);
    TRY("umount", SYS_umount2, "/proc", 2 /* MNT_DETACH */);
    TRY("fsopen", SYS_fsopen, "cgroup2", 0);
    TRY("open_tree", SYS_open_tree, AT_FDCWD, "/", 1);
    TRY("move_mount", SYS_move_mount, -1, "", -1, "", 0);
    TRY("pivot_root", SYS_pivot_root, ".", ".");
    TRY("keyctl", SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0);
    TRY("add_key", SYS_add_key, "user", "probe", "x", 1, KEY_SPEC_PROCESS_KEYRING);
    TRY("request_key", SYS_request_key, "user", "probe", NULL, 0);
    TRY("bpf", SYS_bpf, 0, NULL, 0);
    TRY("perf_event_open", SYS_perf_event_open, NULL, 0, -1, -1, 0);
    TRY("userfaultfd", SYS_userfaultfd, 0);
    TRY("io_uring_setup", SYS_io_uring_setup, 1, NULL);
    TRY("init_module", SYS_init_module, NULL, 0, "");
    TRY("delete_module", SYS_delete_module, "none", 0);
    TRY("kexec_load", SYS_kexec_load, 0, 0, NULL, 0);
    TRY("open_by_handle_at", SYS_open_by_handle_at, AT_FDCWD, NULL, 0);
    TRY("settimeofday", SYS_settimeofday, NULL, NULL);
    TRY("swapon", SYS_swapon, "/none", 0);
    TRY("reboot", SYS_reboot, 0, 0, 0, NULL);
    TRY("sethostname", SYS_sethostname, "x", 1);
    TRY("syslog", SYS_syslog, 3, NULL, 0);
    TRY("socket-alg", SYS_socket, AF_ALG, SOCK_SEQPACKET, 0);
    TRY("socket-vsock", SYS_socket, AF_VSOCK, SOCK_STREAM, 0);
    TRY("personality", SYS_personality, ADDR_NO_RANDOMIZE);
    TRY("newer-than-known", 1200);
#ifdef __x86_64__
    report("socketcall32-alg", socketcall32());
#endif
    return 0;
}

static int allowed(void)
{
    TRY("personality-query", SYS_personality, 0xffffffff);
    TRY("socket-inet", SYS_socket, AF_INET, SOCK_STREAM, 0);
    TRY("socket-unix", SYS_socket, AF_UNIX, SOCK_STREAM, 0);
    TRY("chroot", SYS_chroot, "/");
    TRY("memfd_create", SYS_memfd_create, "probe", 0);
    TRY("mknod", SYS_mknodat, AT_FDCWD, "/tmp/null", S_IFCHR | 0666, 1 << 8 | 3);
    return 0;
}

static int descriptors(void)
{
    DIR *directory = opendir("/proc/self/fd");
    struct dirent *entry;
    while ((entry = readdir(directory)) != NULL) {
        if (entry->d_name[0] != '.' && atoi(entry->d_name) != dirfd(directory)) {
            char target[4096];
            ssize_t length = readlinkat(dirfd(directory), entry->d_name, target, sizeof target - 1);
            target[length < 0 ? 0 : length] = 0;
            printf("%s %s\n", entry->d_name, target);
        }
    }
    return 0;
}

// Does all that PID 1 can do to survive its caller.
_Noreturn static void immortal(const char *file)
{
    prctl(PR_SET_PDEATHSIG, 0);
    for (int signal_number = 1; signal_number < NSIG; signal_number++) {
        signal(signal_number, SIG_IGN);
    }
    setsid();
    for (int copies = 0; copies < 3; copies++) {
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, 0);
            setsid();
            for (;;) {
                pause();
            }
        }
    }
    printf("ready\n");
    fflush(stdout);
    for (long count = 0;; count++) {
        int descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0666);
        dprintf(descriptor, "%ld", count);
        close(descriptor);
        usleep(10000);
    }
}

static int allocate(size_t bytes)
{
    char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    for (size_t offset = 0; offset < bytes; offset += 4096) {
        memory[offset] = 1;
    }
    printf("allocated\n");
    return 0;
}

static int forks(int wanted)
{
    int made = 0;
    while (made < wanted) {
        pid_t child = fork();
        if (child == 0) {
            for (;;) {
                pause();
            }
        }
        if (child < 0) {
            break;
        }
        made++;
    }
    printf("%d %s\n", made, made < wanted ? strerrorname_np(errno) : "ok");
    return 0;
}

static volatile sig_atomic_t resized;

static void on_resize(int signal_number)
{
    (void)signal_number;
    resized = 1;
}

static void print_size(void)
{
    struct winsize size;
    if (ioctl(0, TIOCGWINSZ, &size) != 0) {
        printf("no terminal\n");
    } else {
        printf("%dx%d\n", size.ws_row, size.ws_col);
    }
    fflush(stdout);
}

static int window(void)
{
    struct sigaction action = {.sa_handler = on_resize};
    sigaction(SIGWINCH, &action, NULL);
    print_size();
    for (int tries = 0; tries < 1000 && !resized; tries++) {
        usleep(10000);
    }
    print_size();
    return 0;
}

static int session_keyring(void)
{
    long id = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0);
    if (id < 0) {
        perror("keyctl");
        return 1;
    }
    printf("%ld\n", id);
    return 0;
}

// Tries to open every program that runs for writing, for as long as it can, as CVE-2019-5736 did.
static int overwrite(int seconds)
{
    int opened = 0;
    for (int round = 0; round < seconds * 200; round++) {
        DIR *proc = opendir("/proc");
        struct dirent *entry;
        while ((entry = readdir(proc)) != NULL) {
            int pid = atoi(entry->d_name);
            char path[64];
            snprintf(path, sizeof path, "/proc/%d/exe", pid);
            char target[4096] = "";
            if (pid > 0 && readlink(path, target, sizeof target - 1) > 0 && strcmp(target, "/probe") != 0 &&
                strncmp(target, "/bin/", 5) != 0) {
                int descriptor = open(path, O_WRONLY);
                printf("%s %s\n", target, descriptor < 0 ? strerrorname_np(errno) : "writable");
                opened++;
            }
        }
        closedir(proc);
        usleep(5000);
    }
    printf("done %d\n", opened);
    return 0;
}

int main(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "";
    const char *argument = argc > 2 ? argv[2] : "";
    if (strcmp(word, "denied") == 0) {
        return denied();
    }
    if (strcmp(word, "allowed") == 0) {
        return allowed();
    }
    if (strcmp(word, "descriptors") == 0) {
        return descriptors();
    }
    if (strcmp(word, "immortal") == 0) {
        immortal(argument);
    }
    if (strcmp(word, "allocate") == 0) {
        return allocate(strtoul(argument, NULL, 10));
    }
    if (strcmp(word, "forks") == 0) {
        return forks(atoi(argument));
    }
    if (strcmp(word, "window") == 0) {
        return window();
    }
    if (strcmp(word, "session-keyring") == 0) {
        return session_keyring();
    }
    if (strcmp(word, "overwrite") == 0) {
        return overwrite(atoi(argument));
    }
    fprintf(stderr, "probe: unknown word '%s'\n", word);
    return 2;
}
