// Hands signals that this process gets to a loop that polls: the handler writes each one's number to a pipe.
// It is C because the runtime does not run managed code in a signal handler of another's making.

#include <errno.h>
#include <signal.h>
#include <unistd.h>

static int relay;

static void write_number(int signal)
{
    int saved = errno;
    unsigned char number = (unsigned char)signal;
    // A full pipe holds 65536 signals that nobody has read yet: the next one tells nothing new.
    ssize_t written = write(relay, &number, 1);
    (void)written;
    errno = saved;
}

// Relays the given signals to a descriptor, but for those that the caller of this program chose to ignore (nohup(1)).
void fastrun_relay_signals(int descriptor, const int *signals, int count)
{
    relay = descriptor;
    for (int i = 0; i < count; i++) {
        struct sigaction action = { .sa_handler = write_number, .sa_flags = SA_RESTART }, before;
        if (sigaction(signals[i], &action, &before) == 0 && before.sa_handler == SIG_IGN)
            sigaction(signals[i], &before, 0);
    }
}

// Gives signals that were relayed back what they do by default, which is to end the process.
void fastrun_release_signals(const int *signals, int count)
{
    for (int i = 0; i < count; i++) {
        struct sigaction action = { .sa_handler = SIG_DFL }, before;
        if (sigaction(signals[i], 0, &before) == 0 && before.sa_handler == write_number)
            sigaction(signals[i], &action, 0);
    }
}
