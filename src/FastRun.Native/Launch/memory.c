// Gives the pages of the program's own code back while a process only waits: they are the page cache's, and come again
// with the next use. Whoever has many sandboxes waiting counts what each of them holds.

#include <elf.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

// From the linker; weak, because a linker may not give it, and then nothing is released.
extern const Elf64_Ehdr __ehdr_start __attribute__((weak, visibility("hidden")));

void fastrun_release_code(void)
{
    if (&__ehdr_start == 0)
        return;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t base = (uintptr_t)&__ehdr_start;
    const Elf64_Phdr *headers = (const Elf64_Phdr *)(base + __ehdr_start.e_phoff);
    uintptr_t first = UINTPTR_MAX;
    for (int i = 0; i < __ehdr_start.e_phnum; i++)
        if (headers[i].p_type == PT_LOAD && headers[i].p_vaddr < first)
            first = headers[i].p_vaddr;
    for (int i = 0; i < __ehdr_start.e_phnum; i++) {
        // Code only. What can be written to may have been, and constants, too: the runtime keeps the value among them that it
        // draws at its start to find overrun stacks, and takes a process in which it has changed for an attacked one.
        if (headers[i].p_type != PT_LOAD || (headers[i].p_flags & (PF_X | PF_W)) != PF_X)
            continue;
        uintptr_t start = base + (headers[i].p_vaddr - first);
        uintptr_t end = (start + headers[i].p_memsz) & ~(page - 1);
        start = (start + page - 1) & ~(page - 1);
        if (end > start)
            madvise((void *)start, end - start, MADV_DONTNEED);
    }
}
