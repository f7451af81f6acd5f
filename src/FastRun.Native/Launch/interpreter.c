// A script can name /proc/self/exe as its interpreter. In the child that launches a container's first process that is this very
// program, which would then run in the container with words of the script's choice, and as /proc/1/exe could be opened there
// (CVE-2019-5736). So whoever is the first process of a PID namespace, and was not executed by a name of its own file, ends here:
// before the runtime starts, and before any word of the command line is looked at.

#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NOT_EXECUTABLE = 126 };

__attribute__((constructor)) static void refuse_to_interpret(void)
{
    static const char why[] = "fastrun: a script names the engine as its interpreter: it is not executed\n";
    struct stat executed, program;

    // The name that was given to execve(2): of a script, its own and not its interpreter's (getauxval(3)).
    const char *name = (const char *)getauxval(AT_EXECFN);
    if (getpid() != 1 || name == 0 || stat(name, &executed) != 0 || stat("/proc/self/exe", &program) != 0)
        return;
    if (executed.st_ino == program.st_ino && executed.st_dev == program.st_dev)
        return;
    ssize_t written = write(STDERR_FILENO, why, sizeof why - 1);
    (void)written;
    _exit(NOT_EXECUTABLE);
}
