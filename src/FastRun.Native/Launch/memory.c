// Gives the pages of the program's own code and constants back while a process only waits: they are the page cache's, and come
// again with the next use. Whoever has many sandboxes waiting counts what each of them holds.

#include <elf.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

// From the linker; weak, because a linker may not give it, and then nothing is released.
extern const Elf64_Ehdr __ehdr_start __attribute__((weak, visibility("hidden")));

// Releases what is the file's still. Constants are written once, at the start: by relocations, and by the runtime, which keeps the
// value among them that it draws to find overrun stacks, and takes a process in which it has changed for an attacked one.
static void release_unwritten(int pagemap, uintptr_t start, uintptr_t end, uintptr_t page)
{
    const uint64_t of_file = UINT64_C(1) << 61; // "page is file-page or shared-anon" (pagemap.rst)
    uint64_t entries[256];
    while (start < end) {
        uintptr_t count = (end - start) / page;
        if (count > sizeof entries / sizeof entries[0])
            count = sizeof entries / sizeof entries[0];
        ssize_t size = (ssize_t)(count * sizeof entries[0]);
        if (pread(pagemap, entries, (size_t)size, (off_t)(start / page * sizeof entries[0])) != size)
            return;
        for (uintptr_t i = 0; i < count; i++)
            if (entries[i] & of_file)
                madvise((void *)(start + i * page), page, MADV_DONTNEED);
        start += count * page;
    }
}

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
    int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    for (int i = 0; i < __ehdr_start.e_phnum; i++) {
        uintptr_t start = base + (headers[i].p_vaddr - first);
        uintptr_t end = (start + headers[i].p_memsz) & ~(page - 1);
        start = (start + page - 1) & ~(page - 1);

        // What can be written to at any time is left alone.
        if (end <= start)
            continue;
        if (headers[i].p_type == PT_LOAD && (headers[i].p_flags & (PF_X | PF_W)) == PF_X)
            madvise((void *)start, end - start, MADV_DONTNEED);
        else if (pagemap >= 0 && (headers[i].p_type == PT_GNU_RELRO || (headers[i].p_type == PT_LOAD && headers[i].p_flags == PF_R)))
            release_unwritten(pagemap, start, end, page);
    }
    if (pagemap >= 0)
        close(pagemap);
}
