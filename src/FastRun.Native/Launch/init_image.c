// The finished fastrun-init (init.c) as read-only data of this program.

__asm__(".section .rodata\n\t.balign 16\n"
        "fastrun_init_start: .incbin \"fastrun-init\"\n"
        "fastrun_init_end:\n\t.previous");

extern const char fastrun_init_start[], fastrun_init_end[];

const void *fastrun_init_image(unsigned long *size)
{
    *size = fastrun_init_end - fastrun_init_start;
    return fastrun_init_start;
}
