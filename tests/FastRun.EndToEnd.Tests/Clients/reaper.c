/*
 * What testcontainers' reaper (ryuk) does, in its order: listens at 8080 for filters, "label=KEY=VALUE&label=...", one a line, each answered
 * with ACK; once every client has gone, asks the Docker Engine API at /var/run/docker.sock for the containers, networks,
 * volumes and images that a filter fits, and removes them.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/un.h>

static char filters[16][512];
static int filter_count;
static char own[65];
static char answer[1 << 20];

/* One request, one connection. Returns the status, the body is in answer. */
static int ask(const char *method, const char *path)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    char request[4096];
    int s = socket(AF_UNIX, SOCK_STREAM, 0), status = 0;
    size_t got = 0;
    ssize_t n;

    strcpy(at.sun_path, "/var/run/docker.sock");
    if (connect(s, (void *)&at, sizeof at))
        return -1;
    n = snprintf(request, sizeof request, "%s /v1.47%s HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n", method, path);
    if (write(s, request, n) != n)
        return -1;
    while (got < sizeof answer - 1 && (n = read(s, answer + got, sizeof answer - 1 - got)) > 0)
        got += n;
    answer[got] = 0;
    close(s);
    sscanf(answer, "HTTP/1.1 %d", &status);
    return status;
}

/* Removes everything of a list: each "KEY":"ID" of it. */
static void sweep(const char *list, const char *key, const char *what, const char *query)
{
    static char body[sizeof answer];
    char path[9216];

    for (int i = 0; i < filter_count; i++) {
        snprintf(path, sizeof path, "%.512s%.512s", list, filters[i]);
        if (ask("GET", path) != 200)
            printf("list %s: %.40s\n", list, answer);
        strcpy(body, answer);
        for (char *at = body; (at = strstr(at, key));) {
            char *id = at + strlen(key), *end = strchr(id, '"');
            if (!end)
                break;
            at = end;
            /* Not itself: its name is how its id begins. */
            if (!strncmp(id, own, strlen(own)))
                continue;
            snprintf(path, sizeof path, "/%s/%.*s%s", what, (int)(end - id), id, query);
            printf("DELETE %s %d\n", what, ask("DELETE", path));
        }
    }
}

/* label=a=b&label=c=d as the query's filters={"label":["a=b","c=d"]}, escaped. */
static void add(char *line)
{
    char *to = filters[filter_count], *from = strtok(line, "&");

    to += sprintf(to, "%%7B%%22label%%22%%3A%%5B");
    for (; from; from = strtok(NULL, "&"), to += sprintf(to, from ? "%%2C" : ""))
        to += sprintf(to, "%%22%s%%22", strncmp(from, "label=", 6) ? from : from + 6);
    strcpy(to, "%5D%7D");
    filter_count += filter_count < 15;
}

int main(void)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(8080) };
    struct pollfd polls[32];
    int listener = socket(AF_INET, SOCK_STREAM, 0), count = 1, seen = 0;
    char line[512];

    gethostname(own, sizeof own - 1);
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (bind(listener, (void *)&at, sizeof at) || listen(listener, 16))
        return 1;
    printf("ping %d\n", ask("GET", "/_ping"));
    printf("Started\n");
    polls[0] = (struct pollfd){ .fd = listener, .events = POLLIN };
    while (!seen || count > 1) {
        if (poll(polls, count, 100000) < 0)
            return 1;
        for (int i = count - 1; i > 0; i--) {
            ssize_t n;
            if (!polls[i].revents)
                continue;
            n = read(polls[i].fd, line, sizeof line - 1);
            if (n <= 0) {
                close(polls[i].fd);
                polls[i] = polls[--count];
                continue;
            }
            line[n] = 0;
            line[strcspn(line, "\r\n")] = 0;
            add(line);
            seen = 1;
            if (write(polls[i].fd, "ACK\n", 4) != 4)
                return 1;
        }
        if (polls[0].revents && count < 32)
            polls[count++] = (struct pollfd){ .fd = accept(listener, NULL, NULL), .events = POLLIN };
    }
    sweep("/containers/json?all=1&filters=", "\"Id\":\"", "containers", "?force=1&v=1");
    sweep("/networks?filters=", "\"Id\":\"", "networks", "");
    sweep("/volumes?filters=", "\"Name\":\"", "volumes", "?force=1");
    sweep("/images/json?filters=", "\"Id\":\"", "images", "?force=1");
    return 0;
}
