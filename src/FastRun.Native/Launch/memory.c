// Gives the pages of the program's own code back while a process only waits: they are the page cache's, and come again
// with the next use. Whoever has many sandboxes waiting counts what each of them holds.

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

// From the linker; weak, because a shared object does not get them, and then there is nothing to release.
extern char __executable_start __attribute__((weak)), etext __attribute__((weak));

void fastrun_release_code(void)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t start = ((uintptr_t)&__executable_start + page - 1) & ~(page - 1);
    uintptr_t end = (uintptr_t)&etext & ~(page - 1);
    if (&__executable_start != 0 && end > start)
        madvise((void *)start, end - start, MADV_DONTNEED);
}
