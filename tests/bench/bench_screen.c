/*
 * The workbench on a pseudo-terminal of 80x24: first frame, time and bytes of a cursor key in the
 * tree, bytes when idle, memory of screen and server. Run as bench_screen TAXA FILE NAME.
 */
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define KEYS     200
#define QUIET_MS 40 /* without output: the frame is complete */

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Read until nothing came for quiet_ms. Returns the bytes; *last is when the last one came. */
static long settle(int fd, int quiet_ms, double *last)
{
    long bytes = 0;
    char buf[65536];
    struct pollfd p = {.fd = fd, .events = POLLIN};
    while (poll(&p, 1, quiet_ms) > 0) {
        ssize_t n = read(fd, buf, sizeof buf);
        if (n <= 0) {
            break;
        }
        bytes += n;
        *last = now_ms();
    }
    return bytes;
}

static int compare(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static double memory_mb(pid_t pid, const char *what)
{
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
    FILE *f = fopen(path, "r");
    double kb = 0;
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        if (strncmp(line, what, strlen(what)) == 0) {
            kb = strtod(line + strlen(what) + 1, NULL);
        }
    }
    if (f != NULL) {
        fclose(f);
    }
    return kb / 1024;
}

/* The server of the file: the process "taxa --serve FILE". */
static pid_t find_server(const char *file)
{
    DIR *d = opendir("/proc");
    struct dirent *e = NULL;
    pid_t found = 0;
    while (d != NULL && (e = readdir(d)) != NULL) {
        char path[300], line[4096];
        snprintf(path, sizeof path, "/proc/%s/cmdline", e->d_name);
        int fd = open(path, O_RDONLY);
        ssize_t n = fd >= 0 ? read(fd, line, sizeof line - 1) : 0;
        if (fd >= 0) {
            close(fd);
        }
        for (ssize_t i = 0; i < n; i++) {
            line[i] = line[i] == '\0' ? ' ' : line[i];
        }
        line[n > 0 ? n : 0] = '\0';
        if (strstr(line, "--serve") != NULL && strstr(line, file) != NULL) {
            found = (pid_t)strtol(e->d_name, NULL, 10);
        }
    }
    if (d != NULL) {
        closedir(d);
    }
    return found;
}

static pid_t start(const char *taxa, const char *file, int *fd)
{
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    pid_t pid = forkpty(fd, NULL, NULL, &size);
    if (pid == 0) {
        setenv("TERM", "xterm-256color", 1);
        execl(taxa, "taxa", file, (char *)NULL);
        _exit(127);
    }
    return pid;
}

static void cursor_keys(int fd, const char *name)
{
    double time[KEYS], bytes[KEYS], last = 0;
    for (int i = 0; i < KEYS; i++) {
        const char key = i % 20 < 12 ? 'j' : 'k';
        double began = now_ms();
        if (write(fd, &key, 1) != 1) {
            return;
        }
        last = began;
        bytes[i] = (double)settle(fd, QUIET_MS, &last);
        time[i] = last - began;
    }
    qsort(time, KEYS, sizeof *time, compare);
    qsort(bytes, KEYS, sizeof *bytes, compare);
    printf("%-24s key to repaint         %8.2f ms median, %.2f ms p95   goal 1\n", name,
           time[KEYS / 2], time[KEYS * 95 / 100]);
    printf("%-24s bytes per cursor key   %8.0f median                goal 300\n", name,
           bytes[KEYS / 2]);
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: bench_screen TAXA FILE NAME\n");
        return 2;
    }
    int fd = -1;
    double began = now_ms(), last = began;
    pid_t pid = start(argv[1], argv[2], &fd);
    struct pollfd p = {.fd = fd, .events = POLLIN};
    poll(&p, 1, 10000);
    settle(fd, 15, &last); /* the first frame; what the server adds comes later */
    printf("%-24s first frame            %8.1f ms                    goal 50\n", argv[3],
           last - began);
    settle(fd, 700, &last);
    if (write(fd, "2", 1) != 1) {
        return 1;
    }
    settle(fd, 300, &last);
    cursor_keys(fd, argv[3]);
    long idle = settle(fd, 5000, &last);
    printf("%-24s idle output            %8.1f bytes/s               goal 0\n", argv[3],
           (double)idle / 5);
    printf("%-24s memory of the screen   %8.1f MB (peak %.1f)        goal 30\n", argv[3],
           memory_mb(pid, "VmRSS"), memory_mb(pid, "VmHWM"));
    pid_t server = find_server(argv[2]);
    printf("%-24s memory of the server   %8.1f MB\n", argv[3],
           server > 0 ? memory_mb(server, "VmRSS") : 0);
    kill(pid, SIGHUP);
    close(fd);
    waitpid(pid, NULL, 0);
    return 0;
}
