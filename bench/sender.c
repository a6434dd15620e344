/* The floor and the load client's ceiling: a server that does nothing but write ready frames to its sockets.
 *
 * Listens on the descriptor it is given, upgrades whoever asks, and on `burst FIRST EVENTS BYTES` on stdin writes each
 * event's frame to every socket: one copy of the stamp, one write() a delivery. No server can do with less.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 65536, STDIN = 0 };
static const char UPGRADE[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
static int sockets[MOST], count;

static void burst(long first, int events, int bytes) {
    static char frame[65536 + 4];
    struct timespec now;
    for (int number = 0; number < events; number++) {
        char mark[64];
        clock_gettime(CLOCK_MONOTONIC, &now);
        memset(frame, 'x', bytes + 4);
        frame[0] = (char)0x81, frame[1] = 126, frame[2] = (char)(bytes >> 8), frame[3] = (char)bytes;
        int size = snprintf(mark, sizeof mark, "@n:%010ld,%020ld,%010d", first + number,
                            now.tv_sec * 1000000000L + now.tv_nsec, 0);
        memcpy(frame + 4, mark, size);
        for (int i = 0; i < count; i++)
            if (write(sockets[i], frame, bytes + 4) != bytes + 4) exit(1);
    }
}

static void command(void) {
    char line[256] = "";
    long first;
    int events, bytes;
    if (read(STDIN, line, sizeof line - 1) <= 0) exit(0);
    if (sscanf(line, "burst %ld %d %d", &first, &events, &bytes) == 3) burst(first, events, bytes);
}

static void serve(int fd) { /* a request comes in one piece, and what comes after it is of no interest */
    char request[4096];
    ssize_t size = read(fd, request, sizeof request);
    if (size <= 0) {
        close(fd);
    } else if (size > 4 && !memcmp(request, "GET ", 4) && count < MOST) {
        sockets[count++] = fd;
        (void)!write(fd, UPGRADE, sizeof UPGRADE - 1);
    }
}

int main(int arguments, char **argument) {
    int listener = arguments > 1 ? atoi(argument[1]) : -1, epoll = epoll_create1(0);
    struct epoll_event found[512], event = {.events = EPOLLIN, .data.fd = STDIN};
    epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN, &event);
    event.data.fd = listener;
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    puts("ready");
    fflush(stdout);
    for (;;) {
        int many = epoll_wait(epoll, found, 512, -1);
        for (int i = 0; i < many; i++) {
            if (found[i].data.fd == STDIN) command();
            else if (found[i].data.fd != listener) serve(found[i].data.fd);
            else if ((event.data.fd = accept(listener, NULL, NULL)) >= 0)
                epoll_ctl(epoll, EPOLL_CTL_ADD, event.data.fd, &event);
        }
    }
}
