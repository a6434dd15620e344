/* The paced HTTP client: asks at given times, whatever became of what it asked before, on connections that are kept.
 *
 *   pace PORT CONNECTIONS RATE SECONDS FILE
 *
 * FILE holds whole requests, parted by the byte 1, which are asked in turn; with RATE 0 each is asked once, as soon as a
 * connection is free. A wait counts from when a request was due, so that a slow answer does not spare those behind it.
 * Answers with one line of JSON. `late` is how far behind its time a request was sent though a connection was free: our
 * own fault. Every answer must be whole, of a known length, and of the class 2xx.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { HEAD_BYTES = 16 * 1024, READ_BYTES = 256 * 1024, MOST_CONNECTIONS = 512 };
#define SECOND 1000000000LL
#define LINGER (30 * SECOND)

typedef struct {
    int fd, busy, answered; /* answered: the status, once the head is whole */
    int64_t due, free_since;
    size_t head, left;
    char text[HEAD_BYTES + 1];
} Line;

static Line lines[MOST_CONNECTIONS];
static struct pollfd polled[MOST_CONNECTIONS];
static int port, line_count, bad;
static char **requests, scratch[READ_BYTES], first_bad[256];
static size_t *lengths, request_count;
static double *waits, *lates;
static size_t wait_count, late_count;

static int64_t clock_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * SECOND + time.tv_nsec;
}

static void die(const char *why) {
    printf("{\"error\":\"%s: %s\"}\n", why, strerror(errno));
    exit(1);
}

static void call(Line *line) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (line->fd > 0) close(line->fd);
    line->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (line->fd < 0 || connect(line->fd, (struct sockaddr *)&to, sizeof to)) die("connect");
    setsockopt(line->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    fcntl(line->fd, F_SETFL, O_NONBLOCK);
    line->busy = 0;
    line->free_since = clock_now();
}

static void load(const char *name) {
    FILE *file = fopen(name, "rb");
    if (!file) die(name);
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *text = malloc(size + 1);
    if (fread(text, 1, size, file) != (size_t)size) die(name);
    text[size] = 0;
    requests = malloc(sizeof *requests * (size / 16 + 1));
    lengths = malloc(sizeof *lengths * (size / 16 + 1));
    for (char *one = strtok(text, "\1"); one; one = strtok(NULL, "\1")) {
        requests[request_count] = one;
        lengths[request_count++] = strlen(one);
    }
    if (!request_count) die("no requests");
}

static void fail(Line *line, const char *why) {
    if (!bad++) {
        snprintf(first_bad, sizeof first_bad, "%.60s %.180s", why, line->text);
        for (char *c = first_bad; *c; c++)
            if (*c == '"' || *c == '\\' || (unsigned char)*c < ' ') *c = ' ';
    }
}

static void ask(Line *line, size_t number, int64_t due, int64_t now) {
    size_t which = number % request_count, sent = 0;
    if (line->free_since <= due) lates[late_count++] = (now - due) / 1e6;
    line->due = due, line->busy = 1, line->answered = 0, line->head = line->left = 0;
    while (sent < lengths[which]) {
        ssize_t count = send(line->fd, requests[which] + sent, lengths[which] - sent, MSG_NOSIGNAL);
        if (count > 0) sent += count;
        else if (errno == EPIPE || errno == ECONNRESET) call(line), line->busy = 1, sent = 0; /* closed while idle */
        else if (errno != EAGAIN) die("send");
    }
}

/* Take bytes of the head; answers how many of them belong to the body, or -1 while the head is not whole. */
static ssize_t take_head(Line *line, const char *bytes, size_t count) {
    size_t room = HEAD_BYTES - line->head, taken = count < room ? count : room;
    memcpy(line->text + line->head, bytes, taken);
    line->head += taken;
    line->text[line->head] = 0;
    char *end = strstr(line->text, "\r\n\r\n");
    if (!end) return -1;
    char *length = strcasestr(line->text, "\r\ncontent-length:");
    line->answered = atoi(line->text + 9);
    line->left = length && length < end ? (size_t)atoll(length + 17) : (size_t)-1;
    return (ssize_t)count - (end + 4 - line->text - (ssize_t)(line->head - taken));
}

static void done(Line *line, int64_t now) {
    waits[wait_count++] = (now - line->due) / 1e6;
    if (line->answered / 100 != 2) fail(line, "");
    line->busy = 0;
    line->free_since = now;
}

static void hear(Line *line) {
    ssize_t count = recv(line->fd, scratch, sizeof scratch, 0);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
        if (line->busy) fail(line, "the connection ended:"), waits[wait_count++] = LINGER / 1e6;
        call(line);
        return;
    }
    if (!line->busy) {
        fail(line, "an answer that nobody asked for:");
        return;
    }
    if (!line->answered) count = take_head(line, scratch, count);
    if (!line->answered) return;
    if (line->left == (size_t)-1 || (size_t)count > line->left) {
        fail(line, "of no length, or another:");
        waits[wait_count++] = LINGER / 1e6;
        call(line);
        return;
    }
    line->left -= count;
    if (!line->left) done(line, clock_now());
}

static Line *free_line(void) {
    for (int i = 0; i < line_count; i++)
        if (!lines[i].busy) return &lines[i];
    return NULL;
}

static int wait_for(int64_t until) {
    int64_t left = until - clock_now();
    struct timespec time = {left > 0 ? left / SECOND : 0, left > 0 ? left % SECOND : 0};
    for (int i = 0; i < line_count; i++) polled[i] = (struct pollfd){lines[i].fd, POLLIN, 0};
    return ppoll(polled, line_count, &time, NULL);
}

static int by_size(const void *one, const void *other) {
    double difference = *(double *)one - *(double *)other;
    return (difference > 0) - (difference < 0);
}

static double percentile(double *values, size_t count, double percent) {
    size_t at = (size_t)(count * percent / 100);
    return count ? values[at < count ? at : count - 1] : 0;
}

int main(int count, char **words) {
    if (count != 6) die("five words");
    port = atoi(words[1]), line_count = atoi(words[2]);
    double rate = atof(words[3]), seconds = atof(words[4]);
    load(words[5]);
    size_t total = rate > 0 ? (size_t)(rate * seconds) : request_count, next = 0;
    waits = malloc(sizeof *waits * (total + MOST_CONNECTIONS));
    lates = malloc(sizeof *lates * (total + MOST_CONNECTIONS));
    for (int i = 0; i < line_count; i++) call(&lines[i]);
    int64_t start = clock_now(), now = start;
    int64_t deadline = rate > 0 ? start + (int64_t)(seconds * SECOND) + LINGER : start + 4 * LINGER;
    while (wait_count < total && now < deadline) {
        int64_t due = rate > 0 ? start + (int64_t)(next / rate * SECOND) : now;
        Line *line = next < total ? free_line() : NULL;
        if (line && due <= now) {
            ask(line, next++, due, now);
            now = clock_now();
            continue;
        }
        if (wait_for(line ? due : deadline) > 0)
            for (int i = 0; i < line_count; i++)
                if (polled[i].revents) hear(&lines[i]);
        now = clock_now();
    }
    size_t missing = total - wait_count;
    qsort(waits, wait_count, sizeof *waits, by_size);
    qsort(lates, late_count, sizeof *lates, by_size);
    printf("{\"asked\":%zu,\"bad\":%zu,\"first_bad\":\"%s\",\"seconds\":%.4f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,"
           "\"most_ms\":%.3f,\"late_p99_ms\":%.3f}\n",
           total, bad + missing, missing ? "not answered" : first_bad, (now - start) / 1e9,
           percentile(waits, wait_count, 50), percentile(waits, wait_count, 99),
           percentile(waits, wait_count, 100), percentile(lates, late_count, 99));
    return 0;
}
