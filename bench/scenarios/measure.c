// Measures commands against each other: one run of each per round, so that whatever the machine does meanwhile meets all.
//   measure compare ROUNDS     lines of "name|mount namespace or -|command" on standard input
//   measure rate COUNT WORKERS COMMAND...
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_COMMANDS = 32, MAX_WORDS = 64, WARM_UP = 3 };

struct command {
    char *name;
    int mount_namespace; // or -1
    char *words[MAX_WORDS + 1];
    double *milliseconds;
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

static pid_t start(char **words, int mount_namespace)
{
    pid_t child = fork();
    if (child == 0) {
        if (mount_namespace >= 0 && setns(mount_namespace, CLONE_NEWNS) != 0) {
            _exit(126);
        }
        int null = open("/dev/null", O_RDWR);
        dup2(null, 0);
        dup2(null, 1);
        execvp(words[0], words);
        _exit(127);
    }
    return child;
}

static double run(const struct command *command)
{
    double before = now();
    int status;
    waitpid(start((char **)command->words, command->mount_namespace), &status, 0);
    double after = now();
    if (status != 0) {
        fprintf(stderr, "%s: ended with wait status %d\n", command->name, status);
        exit(1);
    }
    return after - before;
}

static int by_value(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static int compare(int rounds)
{
    static struct command commands[MAX_COMMANDS];
    int count = 0;
    char line[8192];
    while (count < MAX_COMMANDS && fgets(line, sizeof line, stdin) != NULL) {
        struct command *command = &commands[count++];
        line[strcspn(line, "\n")] = 0;
        command->name = strdup(strtok(line, "|"));
        char *namespace = strtok(NULL, "|");
        command->mount_namespace = strcmp(namespace, "-") == 0 ? -1 : open(namespace, O_RDONLY | O_CLOEXEC);
        int words = 0;
        for (char *word; words < MAX_WORDS && (word = strtok(words == 0 ? strtok(NULL, "|") : NULL, " ")) != NULL;) {
            command->words[words++] = strdup(word);
        }
        command->milliseconds = calloc(rounds, sizeof(double));
    }
    for (int round = -WARM_UP; round < rounds; round++) {
        for (int i = 0; i < count; i++) {
            double milliseconds = run(&commands[i]);
            if (round >= 0) {
                commands[i].milliseconds[round] = milliseconds;
            }
        }
    }
    double reference = 0;
    printf("%-44s %10s %10s %10s %10s\n", "", "median ms", "min ms", "p95 ms", "ratio");
    for (int i = 0; i < count; i++) {
        double *values = commands[i].milliseconds;
        qsort(values, rounds, sizeof(double), by_value);
        double median = values[rounds / 2];
        reference = i == 0 ? median : reference;
        printf("%-44s %10.2f %10.2f %10.2f %9.2fx\n", commands[i].name, median, values[0], values[rounds * 95 / 100], median / reference);
    }
    return 0;
}

static int rate(int count, int workers, char **words)
{
    double before = now();
    int running = 0;
    for (int started = 0, ended = 0; ended < count;) {
        if (started < count && running < workers) {
            start(words, -1);
            started++;
            running++;
            continue;
        }
        int status;
        waitpid(-1, &status, 0);
        if (status != 0) {
            fprintf(stderr, "%s: ended with wait status %d\n", words[0], status);
            return 1;
        }
        running--;
        ended++;
    }
    printf("%d in a row of %d at a time: %.0f per second\n", count, workers, count * 1e3 / (now() - before));
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "compare") == 0) {
        return compare(atoi(argv[2]));
    }
    if (argc > 4 && strcmp(argv[1], "rate") == 0) {
        return rate(atoi(argv[2]), atoi(argv[3]), argv + 4);
    }
    fprintf(stderr, "usage: measure compare ROUNDS | measure rate COUNT WORKERS COMMAND...\n");
    return 2;
}
