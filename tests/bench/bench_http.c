/*
 * The whole pipeline over HTTP against a bare libcurl multi loop: requests per second on the same
 * server, with requests of the pipeline's size and the same number in flight.
 * bench_http TAXA MOCK FOLDER
 */
#include <curl/curl.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define IN_FLIGHT 64
#define POINTS    "2000"
#define REQUESTS  12000

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The mock server; it ends when the pipe to its standard input closes. Returns its port. */
static int start_mock(const char *mock, int *hold)
{
    int in[2], out[2];
    if (pipe(in) != 0 || pipe(out) != 0) {
        return 0;
    }
    pid_t pid = fork();
    if (pid == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        close(in[1]);
        close(out[0]);
        execl(mock, "http_mock", "--port", "0", "--until-eof", (char *)NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    fcntl(in[1], F_SETFD, FD_CLOEXEC);
    *hold = in[1];
    char line[64] = "";
    size_t n = 0;
    while (n + 1 < sizeof line && read(out[0], line + n, 1) == 1 && line[n] != '\n') {
        n++;
    }
    close(out[0]);
    const char *digits = strpbrk(line, "0123456789");
    const char *colon = strrchr(line, ':');
    return (int)strtol(colon != NULL ? colon + 1 : digits != NULL ? digits : "0", NULL, 10);
}

static int run(const char *taxa, const char *const *argv)
{
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, 0);
        dup2(null, 1);
        dup2(null, 2);
        execv(taxa, (char *const *)(const void *)argv);
        _exit(127);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/* The session's number of calls, from `status`. */
static double calls_made(const char *taxa, const char *file)
{
    char command[1024], line[512];
    double calls = 0;
    snprintf(command, sizeof command, "%s %s status", taxa, file);
    FILE *f = popen(command, "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        if (strncmp(line, "calls", 5) == 0) {
            calls = strtod(line + 5, NULL);
        }
    }
    if (f != NULL) {
        pclose(f);
    }
    return calls;
}

static double pipeline(const char *taxa, const char *folder, int port)
{
    char file[512], url[96];
    snprintf(file, sizeof file, "%s/http.taxa", folder);
    snprintf(url, sizeof url, "base-url=http://127.0.0.1:%d/v1", port);
    const char *describe[] = {"taxa", file, "describe", "Short texts of one sentence", NULL};
    const char *schema[] = {"taxa", file, "schema",
                            "{\"type\":\"object\",\"properties\":{\"text\":{\"type\":\"string\","
                            "\"maxLength\":400}},\"required\":[\"text\"]}",
                            NULL};
    const char *teacher[] = {"taxa",           file, "teacher",    "add", "http",
                             "dialect=openai", url,  "model=mock", NULL};
    const char *factor[] = {"taxa", file, "factor", "add", "topic", NULL};
    const char *a[] = {"taxa", file, "node", "add", "topic", "weather", NULL};
    const char *b[] = {"taxa", file, "node", "add", "topic", "sports", NULL};
    const char *level[] = {"taxa", file, "set", "concurrency", "64", NULL};
    const char *generate[] = {"taxa", file, "generate", POINTS, "--wait", NULL};
    const char *const *all[] = {describe, schema, teacher, factor, a, b, level};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (run(taxa, all[i]) != 0) {
            fprintf(stderr, "bench_http: `%s %s` failed\n", all[i][2], all[i][3]);
            return 0;
        }
    }
    for (int r = 0; r < 5; r++) {
        static const char *const roles[] = {"architect", "writer", "critic", "critic-correct",
                                            "critic-incorrect"};
        const char *role[] = {"taxa", file, "role", roles[r], "http", NULL};
        run(taxa, role);
    }
    double began = now_s();
    if (run(taxa, generate) != 0) {
        fprintf(stderr, "bench_http: the pipeline fell short\n");
    }
    return calls_made(taxa, file) / (now_s() - began);
}

static size_t swallow(char *data, size_t size, size_t n, void *ctx)
{
    (void)data;
    (void)ctx;
    return size * n;
}

static CURL *make_request(const char *url, const char *body, struct curl_slist *headers)
{
    CURL *h = curl_easy_init();
    curl_easy_setopt(h, CURLOPT_URL, url);
    curl_easy_setopt(h, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(h, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, swallow);
    curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
    return h;
}

/* The same number of like requests, sent as fast as libcurl's own loop can. */
static double bare(int port)
{
    char url[96], body[4096], filler[2600];
    memset(filler, 'x', sizeof filler - 1);
    filler[sizeof filler - 1] = '\0';
    snprintf(url, sizeof url, "http://127.0.0.1:%d/v1/chat/completions", port);
    snprintf(body, sizeof body,
             "{\"model\":\"mock\",\"messages\":[{\"role\":\"system\",\"content\":\"%s\"},"
             "{\"role\":\"user\",\"content\":\"hello\"}],\"response_format\":{\"type\":"
             "\"json_schema\",\"json_schema\":{\"name\":\"r\",\"schema\":{\"type\":\"object\","
             "\"properties\":{\"text\":{\"type\":\"string\"}},\"required\":[\"text\"]}}}}",
             filler);
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    CURLM *m = curl_multi_init();
    int started = 0, done = 0, running = 0, failed = 0;
    double began = now_s();
    for (; started < IN_FLIGHT; started++) {
        curl_multi_add_handle(m, make_request(url, body, headers));
    }
    while (done < REQUESTS) {
        curl_multi_perform(m, &running);
        int left = 0;
        for (CURLMsg *msg; (msg = curl_multi_info_read(m, &left)) != NULL; done++) {
            CURL *h = msg->easy_handle;
            long code = 0;
            curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &code);
            failed += msg->data.result != CURLE_OK || code != 200 ? 1 : 0;
            curl_multi_remove_handle(m, h);
            if (started < REQUESTS) {
                started++;
                curl_multi_add_handle(m, h);
            } else {
                curl_easy_cleanup(h);
            }
        }
        if (done < REQUESTS) {
            curl_multi_poll(m, NULL, 0, 100, NULL);
        }
    }
    double rate = REQUESTS / (now_s() - began);
    if (failed > 0) {
        fprintf(stderr, "bench_http: %d of %d bare requests failed: no comparison\n", failed,
                REQUESTS);
        rate = 0;
    }
    curl_multi_cleanup(m);
    curl_slist_free_all(headers);
    return rate;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: bench_http TAXA MOCK FOLDER\n");
        return 2;
    }
    int hold = -1;
    int port = start_mock(argv[2], &hold);
    if (port <= 0) {
        fprintf(stderr, "bench_http: the mock server does not start\n");
        return 1;
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    double whole = pipeline(argv[1], argv[3], port);
    double loop = bare(port);
    printf("%-24s pipeline               %8.0f requests/s\n", "http", whole);
    printf("%-24s bare libcurl loop      %8.0f requests/s\n", "http", loop);
    printf("%-24s ratio                  %8.2f                       goal 0.5\n", "http",
           whole / loop);
    curl_global_cleanup();
    close(hold);
    return 0;
}
