/* The load client: thousands of WebSocket clients in one process on bare epoll, so that they are never the bottleneck.
 *
 * Reads one command a line on stdin and answers one line of JSON on stdout; whatever the command, it reads its sockets
 * as fast as it can, and answers pings and heartbeats. Speaks only what the measurements need: masks of zero (legal,
 * and they leave the text as it is), no fragments, no extensions, no TLS.
 *
 * An event carries `@n:NNNNNNNNNN,TTTTTTTTTTTTTTTTTTTT,WWWWWWWWWW`: its number, the nanosecond of CLOCK_MONOTONIC at
 * which it was published, and for whom (the index of a socket). A durable event begins `{"t":"ev","seq":N`.
 *
 *   open PORT INFLIGHT SECONDS PATH READY FROM UPTO FILE   a socket for each line `token<TAB>hello` of FILE
 *   count FIRST EVENTS SECONDS     every socket that is awake gets events FIRST and on, each once
 *   target FIRST EVENTS SECONDS    each event comes once, to the socket that it names
 *   idle MILLISECONDS              nothing is expected; what comes is counted as stray
 *   beat SECONDS TEXT · narrow BYTES · sleep INDEX · wake INDEX · close INDEX (-1: all)
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { READ_BYTES = 256 * 1024, TURN = 512, MAX_EVENTS = 4096, STDIN_MARK = -1, MARK_BYTES = 45 };
#define SECOND 1000000000LL
static const char EVENT[] = "{\"t\":\"ev\",\"seq\":", MARK[] = "@n:";

typedef enum { GONE, CALLING, SHAKING, GREETING, OPEN, LATER } State;
typedef enum { NOTHING, OPENING, COUNTING, TARGETING, IDLING } Job;

typedef struct {
    int fd;
    State state;
    char *token, *hello, *rest; /* rest: the bytes of a frame that is not whole yet */
    size_t rest_bytes;
    int64_t seq, asked_at, retry_at; /* seq: of the last durable event, -1 while unknown */
    int asleep, done, have;
    uint64_t *got; /* which events of the count this socket has */
} Client;

static Client *clients;
static int client_count, epoll, receive_buffer;
static char buffer[READ_BYTES + 1], path[256], ready[256], first_failure[160], beat_text[256];
static int port, inflight, asked, opened, open_from;
static int64_t upto = -1, now, began, deadline, last_at, cpu_began, beat_every, beat_at;
static Job job;
static int64_t first, events, left, lost, twice, wrong, stray, closed, refused, failed, seq_lost, seq_twice;
static int beat_next;
static uint32_t *samples; /* microseconds */
static size_t sample_count, sample_room;
static struct { int code; int count; } codes[32];

static int64_t clock_of(clockid_t which) {
    struct timespec time;
    clock_gettime(which, &time);
    return time.tv_sec * SECOND + time.tv_nsec;
}

static void sample(int64_t nanoseconds) {
    if (sample_count == sample_room)
        samples = realloc(samples, (sample_room = sample_room * 2 + 65536) * sizeof *samples);
    samples[sample_count++] = nanoseconds > 0 ? nanoseconds / 1000 : 0;
}

static int smaller(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static double percentile(double percent) { /* in milliseconds; one that was measured, never one in between */
    if (!sample_count) return 0;
    size_t at = sample_count * percent / 100;
    return samples[at < sample_count ? at : sample_count - 1] / 1000.0;
}

static int64_t digits(const char *text, const char *end) {
    int64_t number = 0;
    while (text < end && *text >= '0' && *text <= '9') number = number * 10 + (*text++ - '0');
    return number;
}

/* ---- one socket ---- */

static void send_frame(Client *client, int opcode, const char *text, size_t size) {
    static char frame[8192];
    size_t head = size < 126 ? 6 : 8;
    if (size > sizeof frame - 8) exit(2);
    frame[0] = 0x80 | opcode;
    frame[1] = 0x80 | (size < 126 ? size : 126);
    if (size >= 126) frame[2] = size >> 8, frame[3] = size & 255;
    memset(frame + head - 4, 0, 4);
    memcpy(frame + head, text, size);
    (void)!write(client->fd, frame, head + size);
}

static void watch(Client *client, int how, uint32_t what) {
    struct epoll_event event = {.events = what, .data.u32 = client - clients};
    epoll_ctl(epoll, how, client->fd, &event);
}

static void let_go(Client *client, State next) {
    if (client->fd >= 0) close(client->fd);
    free(client->rest);
    client->rest = NULL, client->rest_bytes = 0, client->fd = -1, client->state = next;
}

static void later(Client *client, double seconds) { /* a refusal: come back when told, not all in the same moment */
    let_go(client, LATER);
    client->retry_at = now + (int64_t)(SECOND * seconds * (1 + drand48()));
}

static void call(Client *client) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    int on = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (client->fd < 0) exit(3);
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (receive_buffer) setsockopt(client->fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    client->state = CALLING;
    if (!client->asked_at) client->asked_at = now;
    if (connect(client->fd, (struct sockaddr *)&address, sizeof address) < 0 && errno != EINPROGRESS) {
        failed++;
        later(client, 1);
        return;
    }
    watch(client, EPOLL_CTL_ADD, EPOLLOUT);
}

static void ask(Client *client) { /* the TCP connection stands: ask for a WebSocket */
    char request[1024], index[16] = "", bearer[512] = "";
    if (path[strlen(path) - 1] == '=') snprintf(index, sizeof index, "%d", (int)(client - clients));
    if (*client->token) snprintf(bearer, sizeof bearer, "Authorization: Bearer %s\r\n", client->token);
    int size = snprintf(request, sizeof request,
        "GET %s%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n%s"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", path, index, port, bearer);
    (void)!write(client->fd, request, size);
    client->state = SHAKING;
    watch(client, EPOLL_CTL_MOD, EPOLLIN);
}

static void settle(Client *client) { /* has a socket that is opening all that it came for? */
    if (client->done || client->state != OPEN || (upto >= 0 && client->seq < upto)) return;
    client->done = 1;
    opened++;
    last_at = now;
    sample(now - client->asked_at);
}

static void durable(Client *client, int64_t seq) {
    if (client->seq < 0 || seq == client->seq + 1) client->seq = seq;
    else if (seq <= client->seq) seq_twice++;
    else seq_lost += seq - client->seq - 1, client->seq = seq;
    if (job == OPENING) settle(client);
}

static void event(Client *client, int64_t number, int64_t at, int64_t whom) {
    int64_t place = number - first;
    if (job == NOTHING || job == IDLING || job == OPENING || client->asleep) { stray++; return; }
    if (place < 0 || place >= events || (job == TARGETING && whom != client - clients)) { wrong++; return; }
    uint64_t *got = job == TARGETING ? clients[0].got : client->got;
    if (got[place / 64] >> place % 64 & 1) { twice++; return; }
    got[place / 64] |= 1ULL << place % 64;
    if (job == COUNTING && place != client->have++) wrong++; /* out of order */
    left--;
    last_at = now;
    sample(now - at);
}

static void message(Client *client, const char *text, size_t size) {
    const char *end = text + size;
    if (size == 1 && *text == '2') { send_frame(client, 1, "3", 1); return; } /* Engine.IO's heartbeat */
    if (client->state == GREETING && memmem(text, size, ready, strlen(ready))) {
        client->state = OPEN;
        settle(client);
    }
    if (size > sizeof EVENT && !memcmp(text, EVENT, sizeof EVENT - 1))
        durable(client, digits(text + sizeof EVENT - 1, end));
    const char *mark = memmem(text, size, MARK, 3);
    if (mark && end - mark >= MARK_BYTES)
        event(client, digits(mark + 3, end), digits(mark + 14, end), digits(mark + 35, end));
}

static void lines(Client *client, const char *text, size_t size) { /* a frame may hold several messages */
    const char *end = text + size, *stop;
    for (; (stop = memchr(text, '\n', end - text)); text = stop + 1) message(client, text, stop - text);
    message(client, text, end - text);
}

static void count_code(const char *body, size_t size) {
    int code = size >= 2 ? (uint8_t)body[0] << 8 | (uint8_t)body[1] : 1005;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].code == code || !codes[i].code) { codes[i].code = code, codes[i].count++; return; }
}

static void frames(Client *client, const char *data, size_t size) { /* hand on each whole frame, keep what is left */
    char *joined = NULL;
    if (client->rest) {
        joined = client->rest = realloc(client->rest, client->rest_bytes + size);
        memcpy(joined + client->rest_bytes, data, size);
        data = joined, size += client->rest_bytes;
        client->rest = NULL, client->rest_bytes = 0;
    }
    size_t at = 0;
    while (size - at >= 2) {
        const uint8_t *head = (const uint8_t *)data + at;
        size_t body = 2, length = head[1] & 127;
        if (length == 126 && size - at >= (body = 4)) length = head[2] << 8 | head[3];
        else if (length == 127 && size - at >= (body = 10)) {
            length = 0;
            for (int i = 2; i < 10; i++) length = length << 8 | head[i];
        }
        if (size - at < body + length) break;
        switch (head[0] & 15) {
            case 1: case 2: lines(client, data + at + body, length); break;
            case 8: count_code(data + at + body, length); break;
            case 9: send_frame(client, 10, data + at + body, length); break;
        }
        at += body + length;
    }
    if (size > at && client->state != GONE) {
        client->rest = memcpy(malloc(size - at), data + at, size - at);
        client->rest_bytes = size - at;
    }
    free(joined);
}

static void fail(Client *client, const char *why) {
    if (!failed++) snprintf(first_failure, sizeof first_failure, "%.60s", why);
    later(client, 1);
}

static void shake(Client *client, char *data, size_t size) { /* the answer to the handshake comes in one piece */
    char *end = memmem(data, size, "\r\n\r\n", 4), *after;
    if (size > 12 && !memcmp(data + 9, "503", 3)) {
        refused++;
        data[size] = 0;
        after = strcasestr(data, "retry-after:");
        later(client, after ? atof(after + 12) : 1);
    } else if (!end || memcmp(data + 9, "101", 3)) {
        for (size_t i = 0; i < size; i++) if (data[i] < ' ' || data[i] == '"' || data[i] == '\\') data[i] = ' ';
        data[size] = 0;
        fail(client, data);
    } else {
        client->state = *ready == '-' ? OPEN : GREETING;
        if (*client->hello) send_frame(client, 1, client->hello, strlen(client->hello));
        settle(client);
        if (end + 4 < data + size) frames(client, end + 4, data + size - end - 4);
    }
}

static void lost_line(Client *client) {
    if (client->state == OPEN) closed++, let_go(client, GONE);
    else fail(client, "closed while it was opened");
}

static void on_socket(Client *client, uint32_t what) {
    if (client->fd < 0) return;
    if (client->state == CALLING) {
        int error = 0;
        socklen_t size = sizeof error;
        getsockopt(client->fd, SOL_SOCKET, SO_ERROR, &error, &size);
        if (error) fail(client, strerror(error));
        else ask(client);
        return;
    }
    if (client->asleep) { /* only its end wakes it */
        if (what & (EPOLLHUP | EPOLLERR)) closed++, let_go(client, GONE);
        return;
    }
    ssize_t size = read(client->fd, buffer, READ_BYTES);
    now = clock_of(CLOCK_MONOTONIC);
    if (size > 0 && client->state == SHAKING) shake(client, buffer, size);
    else if (size > 0) frames(client, buffer, size);
    else if (size == 0 || (errno != EAGAIN && errno != EINTR)) lost_line(client);
}

/* ---- commands ---- */

static void begin(Job which, double seconds) {
    job = which;
    began = now = clock_of(CLOCK_MONOTONIC);
    deadline = now + (int64_t)(seconds * SECOND);
    cpu_began = clock_of(CLOCK_PROCESS_CPUTIME_ID);
    last_at = now;
    sample_count = 0;
    lost = twice = wrong = stray = refused = failed = 0;
    if (which == OPENING) seq_lost = seq_twice = 0;
}

static void open_all(const char *file, int64_t from) {
    static char line[8192];
    FILE *lines_of = fopen(file, "r");
    open_from = asked = client_count;
    opened = 0;
    while (lines_of && fgets(line, sizeof line, lines_of)) {
        if (client_count % 1024 == 0) clients = realloc(clients, (client_count + 1024) * sizeof *clients);
        Client *client = &clients[client_count++];
        char *tab = strchr(line, '\t');
        line[strcspn(line, "\n")] = 0;
        memset(client, 0, sizeof *client);
        *tab = 0;
        client->fd = -1, client->seq = from, client->token = strdup(line), client->hello = strdup(tab + 1);
        client->got = calloc(MAX_EVENTS / 64, sizeof *client->got);
    }
    if (lines_of) fclose(lines_of);
}

static void expect(Job which, int64_t from, int64_t how_many, double seconds) {
    int awake = 0;
    first = from, events = how_many;
    for (int i = 0; i < client_count; i++) {
        Client *client = &clients[i];
        awake += client->state == OPEN && !client->asleep;
        client->have = 0;
        if (which == COUNTING) memset(client->got, 0, MAX_EVENTS / 8);
    }
    if (which == TARGETING && client_count)
        clients[0].got = realloc(clients[0].got, (MAX_EVENTS > events ? MAX_EVENTS : events + 64) / 8 + 8),
        memset(clients[0].got, 0, (MAX_EVENTS > events ? MAX_EVENTS : events + 64) / 8 + 8);
    left = which == COUNTING ? events * awake : events;
    begin(which, seconds);
    puts("{\"armed\":true}"); /* only now may they be published */
}

static void close_all(int index) {
    for (int i = index < 0 ? 0 : index; i < (index < 0 ? client_count : index + 1); i++) {
        let_go(&clients[i], GONE);
        if (index < 0) free(clients[i].token), free(clients[i].hello), free(clients[i].got);
    }
    if (index < 0) client_count = asked = open_from = closed = 0, memset(codes, 0, sizeof codes);
    puts("{}");
}

static void doze(int index, int asleep) {
    clients[index].asleep = asleep;
    if (clients[index].fd >= 0) watch(&clients[index], EPOLL_CTL_MOD, asleep ? 0 : EPOLLIN);
    puts("{}");
}

static void command(char *line) {
    char file[512];
    double seconds;
    long long a, b;
    int number;
    if (sscanf(line, "open %d %d %lf %255s %255s %lld %lld %511s",
               &port, &inflight, &seconds, path, ready, &a, &b, file) == 8)
        upto = b, open_all(file, a), begin(OPENING, seconds);
    else if (sscanf(line, "count %lld %lld %lf", &a, &b, &seconds) == 3 && b <= MAX_EVENTS)
        expect(COUNTING, a, b, seconds);
    else if (sscanf(line, "target %lld %lld %lf", &a, &b, &seconds) == 3) expect(TARGETING, a, b, seconds);
    else if (sscanf(line, "idle %lf", &seconds) == 1) begin(IDLING, seconds / 1000);
    else if (sscanf(line, "beat %lf %255[^\n]", &seconds, beat_text) == 2) beat_every = seconds * SECOND, puts("{}");
    else if (sscanf(line, "narrow %d", &receive_buffer) == 1) puts("{}");
    else if (sscanf(line, "sleep %d", &number) == 1 && number < client_count) doze(number, 1);
    else if (sscanf(line, "wake %d", &number) == 1 && number < client_count) doze(number, 0);
    else if (sscanf(line, "close %d", &number) == 1 && (number < client_count || number < 0)) close_all(number);
    else puts("{\"error\":\"what was asked is not known\"}");
}

static void on_stdin(void) {
    static char line[4096];
    static size_t size;
    ssize_t more = read(0, line + size, sizeof line - 1 - size);
    if (more <= 0) exit(0); /* who asked is gone */
    line[size += more] = 0;
    for (char *end; (end = strchr(line, '\n')); memmove(line, end + 1, size + 1)) {
        *end = 0;
        size -= end + 1 - line;
        command(line);
    }
}

static void say(const char *name, int64_t number) {
    printf("\"%s\":%lld,", name, (long long)number);
}

static void answer(void) {
    int64_t cpu = clock_of(CLOCK_PROCESS_CPUTIME_ID) - cpu_began, alive = 0, behind = 0;
    for (int i = 0; i < client_count; i++)
        alive += clients[i].state == OPEN, behind += upto >= 0 && clients[i].seq < upto;
    qsort(samples, sample_count, sizeof *samples, smaller);
    printf("{\"seconds\":%.6f,\"cpu\":%.6f,", (last_at - began) / 1e9, cpu / 1e9);
    printf("\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"most_ms\":%.3f,", percentile(50), percentile(99), percentile(100));
    say("last_ns", last_at), say("arrived", sample_count), say("open", alive), say("closed", closed);
    say("lost", job == COUNTING || job == TARGETING ? left : 0), say("twice", twice), say("wrong", wrong);
    say("seq_lost", seq_lost), say("seq_twice", seq_twice), say("behind", behind), say("stray", stray);
    say("asked", client_count - open_from), say("opened", opened), say("refused", refused), say("failed", failed);
    printf("\"why\":\"%s\",\"codes\":{", failed ? first_failure : "");
    for (int i = 0; codes[i].code; i++) printf("%s\"%d\":%d", i ? "," : "", codes[i].code, codes[i].count);
    puts("}}");
    job = NOTHING;
}

static void tick(void) {
    int is_opening = job == OPENING;
    while (is_opening && asked < client_count && asked - open_from - opened < inflight) call(&clients[asked++]);
    for (int i = open_from; is_opening && (refused || failed) && i < asked; i++)
        if (clients[i].state == LATER && clients[i].retry_at <= now) call(&clients[i]);
    if (beat_every && client_count) /* one after the other, so that each beats once in the period */
        for (; now >= beat_at; beat_at = (beat_at ? beat_at : now) + beat_every / client_count) {
            Client *client = &clients[beat_next++ % client_count];
            if (client->state == OPEN && !client->asleep) send_frame(client, 1, beat_text, strlen(beat_text));
        }
    int is_done = is_opening ? opened == client_count - open_from : (job == COUNTING || job == TARGETING) && !left;
    if (job != NOTHING && (is_done || now > deadline)) answer();
}

int main(void) {
    struct epoll_event found[TURN], input = {.events = EPOLLIN, .data.u32 = STDIN_MARK};
    setvbuf(stdout, NULL, _IOLBF, 0);
    epoll = epoll_create1(0);
    epoll_ctl(epoll, EPOLL_CTL_ADD, 0, &input);
    for (;;) {
        int many = epoll_wait(epoll, found, TURN, job == OPENING ? 1 : 20);
        now = clock_of(CLOCK_MONOTONIC);
        for (int i = 0; i < many; i++)
            if (found[i].data.u32 == (uint32_t)STDIN_MARK) on_stdin();
            else if (found[i].data.u32 < (uint32_t)client_count)
                on_socket(&clients[found[i].data.u32], found[i].events);
        tick();
    }
}
