// The child's side of a launch: a loop that walks a tape of raw system calls. docs/launch-child.md tells why this is C.
// Everything here runs without a C library: the child shares the parent's memory (CLONE_VM) and may touch nothing of it
// but the tape. The layout of both structs is mirrored, and checked, by LaunchTape.cs.

struct op {
    long nr;            // system call number
    long args[6];       // arguments, or slot numbers where slot_args has the bit set
    unsigned slot_args; // bit i: args[i] names a slot
    int result;         // slot that takes the result; slot 0 is never read
    int tolerated[2];   // errno values that do not end the launch; -1 tolerates all
};

struct tape {
    const struct op *ops;
    long count;
    long *slots;
    volatile long position; // index of the op being walked; readable by the parent, whose memory this is
    volatile long error;    // errno of the op at position that ended the walk; 0 while walking
};

#if defined(__x86_64__)
enum { NR_EXIT_GROUP = 231, NR_CLONE3 = 435, NR_OPENAT2 = 437, EAGAIN = 11 };

long fastrun_syscall(long nr, long a, long b, long c, long d, long e, long f)
{
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall" : "=a"(result) : "0"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}
#elif defined(__aarch64__)
enum { NR_EXIT_GROUP = 94, NR_CLONE3 = 435, NR_OPENAT2 = 437, EAGAIN = 11 };

long fastrun_syscall(long nr, long a, long b, long c, long d, long e, long f)
{
    register long x8 __asm__("x8") = nr;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
    return x0;
}
#else
#error "fastrun runs on x86-64 and arm64"
#endif

__attribute__((noreturn)) void fastrun_walk(struct tape *tape)
{
    for (long i = 0; i < tape->count; i++) {
        const struct op *op = &tape->ops[i];
        long a[6];
        for (int j = 0; j < 6; j++)
            a[j] = op->slot_args >> j & 1 ? tape->slots[op->args[j]] : op->args[j];
        tape->position = i;
        long result;
        int attempts = 0;
        do // a scoped walk through ".." gives EAGAIN while anything on the machine is renamed (openat2(2))
            result = fastrun_syscall(op->nr, a[0], a[1], a[2], a[3], a[4], a[5]);
        while (op->nr == NR_OPENAT2 && result == -EAGAIN && ++attempts < 64);
        if (result < 0 && result >= -4095 && op->tolerated[0] != -1
            && result != -op->tolerated[0] && result != -op->tolerated[1]) {
            tape->error = -result;
            break;
        }
        tape->slots[op->result] = result;
    }
    for (;;)
        fastrun_syscall(NR_EXIT_GROUP, 255, 0, 0, 0, 0, 0);
}

// clone3 whose child, on the stack that args names, walks the tape and never returns. The tape's pointer crosses the
// call in a register, because the child starts on an empty stack.
long fastrun_clone3(void *args, unsigned long size, struct tape *tape)
{
#if defined(__x86_64__)
    long result;
    register struct tape *kept __asm__("r12") = tape;
    __asm__ volatile("syscall\n\ttest %%rax, %%rax\n\tjnz 1f\n\txor %%ebp, %%ebp\n\tmov %%r12, %%rdi\n\t"
                     "and $-16, %%rsp\n\tcall fastrun_walk\n1:"
                     : "=a"(result) : "0"((long)NR_CLONE3), "D"(args), "S"(size), "r"(kept) : "rcx", "r11", "memory");
    return result;
#else
    register long x8 __asm__("x8") = NR_CLONE3;
    register long x0 __asm__("x0") = (long)args;
    register long x1 __asm__("x1") = (long)size;
    register struct tape *kept __asm__("x19") = tape;
    __asm__ volatile("svc 0\n\tcbnz x0, 1f\n\tmov x29, xzr\n\tmov x0, x19\n\tbl fastrun_walk\n1:"
                     : "+r"(x0) : "r"(x8), "r"(x1), "r"(kept) : "memory", "x30");
    return x0;
#endif
}
