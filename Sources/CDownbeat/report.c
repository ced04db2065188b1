// Messages on the shared socket: the keeper's and reapers' end, and the service's end.

#include "internal.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// Sends without waiting; EAGAIN when the service reads too slowly, EPIPE when it is gone.
int report_send(const struct downbeat_report *report) {
    for (;;) {
        ssize_t sent = send(
            DESCRIPTOR_SOCKET, report, sizeof *report, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent == (ssize_t)sizeof *report) return 0;
        if (errno != EINTR) return errno;
    }
}

// Sends and waits until there is room or nobody who listens. Only for a last message: whoever waits
// here does nothing else.
void report_send_waiting(const struct downbeat_report *report) {
    for (;;) {
        int error = report_send(report);
        if (error != EAGAIN && error != ENOBUFS) return;
        struct pollfd room = {.fd = DESCRIPTOR_SOCKET, .events = POLLOUT};
        poll(&room, 1, error == ENOBUFS ? 10 : -1);
    }
}

int downbeat_command_send(
    int service_end, const struct downbeat_command *command, const int *descriptors) {
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(DOWNBEAT_DESCRIPTORS_OF_CHILD * sizeof(int))];
    } control = {0};
    size_t bytes = command->descriptors * sizeof(int);
    if (command->descriptors > DOWNBEAT_DESCRIPTORS_OF_CHILD) return EINVAL;
    struct iovec part = {.iov_base = (void *)command, .iov_len = sizeof *command};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (bytes > 0) {
        message.msg_control = control.space;
        message.msg_controllen = CMSG_SPACE(bytes);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(bytes);
        memcpy(CMSG_DATA(header), descriptors, bytes);
    }
    for (;;) {
        ssize_t sent = sendmsg(service_end, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent == (ssize_t)sizeof *command) return 0;
        // Too many descriptors in flight is passing, too: the keeper takes them out.
        if (errno == ETOOMANYREFS || errno == ENOBUFS) return EAGAIN;
        if (errno != EINTR) return errno;
    }
}

int downbeat_report_receive(int service_end, struct downbeat_report *report) {
    for (;;) {
        ssize_t length = recv(service_end, report, sizeof *report, MSG_DONTWAIT);
        if (length == (ssize_t)sizeof *report) return 0;
        if (length == 0) return EPIPE;
        if (length > 0) return EBADMSG;
        if (errno == ECONNRESET) return EPIPE;
        if (errno != EINTR) return errno;
    }
}
