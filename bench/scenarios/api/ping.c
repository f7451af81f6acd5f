// How long GET /_ping takes on a connection that stays open.
//   ping SOCKET COUNT [PAUSE_MICROSECONDS]
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

static int by_size(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

int main(int count, char **words)
{
    static const char request[] = "GET /_ping HTTP/1.1\r\nHost: engine\r\n\r\n";
    if (count < 3) {
        return 2;
    }
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    strncpy(address.sun_path, words[1], sizeof address.sun_path - 1);
    int pings = atoi(words[2]), pause = count > 3 ? atoi(words[3]) : 1000;
    int connection = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connect(connection, (struct sockaddr *)&address, sizeof address) != 0) {
        perror(words[1]);
        return 1;
    }
    double *took = calloc(pings, sizeof *took);
    for (int i = 0; i < pings; i++) {
        char answer[4096];
        int length = 0;
        double start = now();
        if (write(connection, request, sizeof request - 1) != sizeof request - 1) {
            perror("write");
            return 1;
        }
        // The body is two bytes, OK, behind an empty line.
        do {
            int read_now = read(connection, answer + length, sizeof answer - 1 - length);
            if (read_now <= 0) {
                fprintf(stderr, "the connection was closed\n");
                return 1;
            }
            length += read_now;
            answer[length] = 0;
        } while (strstr(answer, "\r\n\r\nOK") == NULL);
        took[i] = now() - start;
        usleep(pause);
    }
    qsort(took, pings, sizeof *took, by_size);
    printf("%d pings: median %.3f ms, 99th percentile %.3f ms, most %.3f ms\n", pings, took[pings / 2], took[pings * 99 / 100], took[pings - 1]);
    return 0;
}
