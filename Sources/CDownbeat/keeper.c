// The keeper: takes commands from the service, forks a reaper for each attempt, and ends everything
// when the service is gone.
//
// Invariants: 1. It holds the write end of each live reaper's control pipe and nobody else does, so
// its end, however it comes, is seen by all of them. 2. A child of the keeper that is not one of its
// reapers is what a killed reaper left; it is killed. 3. It ends only when it has no child left,
// and with it the lock of its owner becomes free.

#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

// Between two looks for what a killed reaper left.
#define STRAY_PAUSE_MS 10

// Commands taken before children are waited for again.
#define COMMANDS_PER_TURN 32

struct attempt {
    uint64_t key;
    pid_t reaper;  // 0: it was killed, what it left is being ended
    int control;
};

struct keeper {
    struct attempt *attempts;
    size_t count;
    size_t capacity;
    struct downbeat_report *outbox;  // what found no room on the socket
    size_t outbox_count;
    size_t outbox_capacity;
    int signals;
    bool owner_gone;
    bool strays;  // something may be left of a killed reaper
};

// The keeper's own title in the process list, which its reapers rewrite.
static char *title;

static void *grown(void *items, size_t *capacity, size_t count, size_t size) {
    if (count < *capacity) return items;
    size_t wanted = *capacity == 0 ? 64 : *capacity * 2;
    void *moved = realloc(items, wanted * size);
    // Without memory for a few bytes it cannot keep its promises; its end ends all attempts.
    if (moved == NULL) _exit(KEEPER_EXIT_SYSTEM);
    *capacity = wanted;
    return moved;
}

static void report(struct keeper *keeper, struct downbeat_report report) {
    if (keeper->outbox_count == 0 && report_send(&report) != EAGAIN) return;
    keeper->outbox = grown(
        keeper->outbox, &keeper->outbox_capacity, keeper->outbox_count, sizeof report);
    keeper->outbox[keeper->outbox_count++] = report;
}

static void empty_outbox(struct keeper *keeper) {
    size_t sent = 0;
    while (sent < keeper->outbox_count && report_send(&keeper->outbox[sent]) != EAGAIN) sent++;
    if (sent == 0) return;
    keeper->outbox_count -= sent;
    memmove(keeper->outbox, keeper->outbox + sent, keeper->outbox_count * sizeof *keeper->outbox);
}

static void report_not_started(struct keeper *keeper, uint64_t key, uint32_t stage, int error) {
    report(
        keeper,
        (struct downbeat_report){
            .key = key, .kind = DOWNBEAT_REPORT_NOT_STARTED, .error = error, .stage = stage});
}

// ---- Starting ----

static void become_reaper(uint64_t key, int control, const int *received, size_t count) {
    bool has_channel = count == DOWNBEAT_DESCRIPTORS_OF_CHILD;
    if (dup2(control, DESCRIPTOR_CONTROL) < 0 || dup2(received[0], DESCRIPTOR_REQUEST) < 0
        || dup2(received[1], DESCRIPTOR_OUTPUT) < 0 || dup2(received[2], DESCRIPTOR_ERRORS) < 0
        || (has_channel && dup2(received[3], DESCRIPTOR_CHANNEL) < 0))
        _exit(KEEPER_EXIT_SYSTEM);
    // Among them the control pipes of the other reapers.
    close_from(DESCRIPTOR_FIRST_FREE);
    memcpy(title, DOWNBEAT_REAPER_NAME, sizeof DOWNBEAT_REAPER_NAME - 1);
    reaper_main(key, has_channel);
}

static void start_attempt(
    struct keeper *keeper, uint64_t key, const int *received, size_t count) {
    int control[2];
    if (pipe2(control, O_CLOEXEC | O_NONBLOCK) != 0) {
        report_not_started(keeper, key, DOWNBEAT_STAGE_DESCRIPTORS, errno);
        return;
    }
    keeper->attempts = grown(
        keeper->attempts, &keeper->capacity, keeper->count, sizeof *keeper->attempts);
    pid_t pid = fork();
    if (pid == 0) become_reaper(key, control[0], received, count);
    int error = errno;
    close(control[0]);
    if (pid < 0) {
        close(control[1]);
        report_not_started(keeper, key, DOWNBEAT_STAGE_FORK, error);
        return;
    }
    keeper->attempts[keeper->count++] =
        (struct attempt){.key = key, .reaper = pid, .control = control[1]};
}

// ---- Commands ----

static void tell(struct keeper *keeper, uint64_t key, char command) {
    for (size_t index = 0; index < keeper->count; index++) {
        const struct attempt *attempt = &keeper->attempts[index];
        if (attempt->key != key || attempt->reaper == 0) continue;
        // A full pipe already holds 64 KiB of commands; a reaper that has ended needs none.
        ssize_t written = write(attempt->control, &command, 1);
        (void)written;
    }
}

static size_t received_descriptors(struct msghdr *message, int *descriptors) {
    struct cmsghdr *header = CMSG_FIRSTHDR(message);
    if (header == NULL || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
        return 0;
    size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    if (count > DOWNBEAT_DESCRIPTORS_OF_CHILD) count = DOWNBEAT_DESCRIPTORS_OF_CHILD;
    memcpy(descriptors, CMSG_DATA(header), count * sizeof(int));
    return count;
}

static void obey(
    struct keeper *keeper, const struct downbeat_command *command, const int *descriptors,
    size_t count) {
    switch (command->kind) {
    case DOWNBEAT_COMMAND_SPAWN:
        // The kernel drops descriptors that would exceed our limit.
        if (count >= DOWNBEAT_DESCRIPTORS_OF_COMMAND && count == command->descriptors)
            start_attempt(keeper, command->key, descriptors, count);
        else report_not_started(keeper, command->key, DOWNBEAT_STAGE_DESCRIPTORS, EMFILE);
        break;
    case DOWNBEAT_COMMAND_TERM: tell(keeper, command->key, CONTROL_TERM); break;
    case DOWNBEAT_COMMAND_KILL: tell(keeper, command->key, CONTROL_KILL); break;
    default: _exit(KEEPER_EXIT_PROTOCOL);
    }
}

// The owner is gone: no grace. The reapers see the end of their control pipes.
static void owner_left(struct keeper *keeper) {
    keeper->owner_gone = true;
    keeper->strays = true;
    keeper->outbox_count = 0;
    for (size_t index = 0; index < keeper->count; index++) {
        if (keeper->attempts[index].control >= 0) close(keeper->attempts[index].control);
        keeper->attempts[index].control = -1;
    }
}

// Takes one command. False when there is none now.
static bool take_command(struct keeper *keeper) {
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(DOWNBEAT_DESCRIPTORS_OF_CHILD * sizeof(int))];
    } control;
    struct downbeat_command command;
    struct iovec part = {.iov_base = &command, .iov_len = sizeof command};
    struct msghdr message = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = control.space,
        .msg_controllen = sizeof control.space,
    };
    ssize_t length = recvmsg(DESCRIPTOR_SOCKET, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (length < 0) {
        if (errno == EAGAIN) return false;
        if (errno == EINTR) return true;
        owner_left(keeper);
        return false;
    }
    if (length == 0) {
        owner_left(keeper);
        return false;
    }
    if (length != (ssize_t)sizeof command) _exit(KEEPER_EXIT_PROTOCOL);
    int descriptors[DOWNBEAT_DESCRIPTORS_OF_CHILD] = {-1, -1, -1, -1};
    size_t count = received_descriptors(&message, descriptors);
    obey(keeper, &command, descriptors, count);
    for (size_t index = 0; index < count; index++) close(descriptors[index]);
    return true;
}

// ---- Ending ----

static void remove_attempt(struct keeper *keeper, size_t index) {
    if (keeper->attempts[index].control >= 0) close(keeper->attempts[index].control);
    keeper->attempts[index] = keeper->attempts[--keeper->count];
}

static void child_ended(struct keeper *keeper, pid_t pid, int status) {
    for (size_t index = 0; index < keeper->count; index++) {
        if (keeper->attempts[index].reaper != pid) continue;
        // A reaper that leaves with 0 has reported the end of its attempt itself.
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
            remove_attempt(keeper, index);
        } else {
            keeper->attempts[index].reaper = 0;
            keeper->strays = true;
        }
        return;
    }
}

// Waits for all that have ended. False when there is no child left.
static bool reap(struct keeper *keeper) {
    for (;;) {
        int status;
        pid_t pid = waitpid(-1, &status, WNOHANG);
        if (pid == 0) return true;
        if (pid > 0) child_ended(keeper, pid, status);
        else if (errno != EINTR) return false;
    }
}

static bool is_reaper(const struct keeper *keeper, pid_t pid) {
    for (size_t index = 0; index < keeper->count; index++)
        if (keeper->attempts[index].reaper == pid) return true;
    return false;
}

// Kills the children that are not reapers, and what is below them. False when there are none.
static bool kill_strays(const struct keeper *keeper) {
    struct tree children = {0};
    struct tree strays = {0};
    tree_add_children(&children, getpid());
    for (size_t index = 0; index < children.count; index++)
        if (!is_reaper(keeper, children.pids[index])) tree_add(&strays, children.pids[index]);
    bool found = strays.count > 0;
    tree_add_descendants(&strays);
    tree_signal(&strays, SIGKILL);
    tree_clear(&strays);
    tree_clear(&children);
    return found;
}

// Reports the attempts whose reaper was killed, once nothing of any of them is left.
static void report_lost(struct keeper *keeper) {
    for (size_t index = keeper->count; index-- > 0;) {
        if (keeper->attempts[index].reaper != 0) continue;
        report(
            keeper,
            (struct downbeat_report){
                .key = keeper->attempts[index].key, .kind = DOWNBEAT_REPORT_LOST});
        remove_attempt(keeper, index);
    }
}

// ---- The loop ----

static void wait_for_event(struct keeper *keeper) {
    short wanted = (short)(POLLIN | (keeper->outbox_count > 0 ? POLLOUT : 0));
    struct pollfd events[] = {
        {.fd = keeper->signals, .events = POLLIN},
        {.fd = keeper->owner_gone ? -1 : DESCRIPTOR_SOCKET, .events = wanted},
    };
    if (poll(events, 2, keeper->strays ? STRAY_PAUSE_MS : -1) <= 0) return;
    if (events[0].revents != 0) signals_drain(keeper->signals);
    // Requests that a dead owner left in the queue are not carried out.
    if ((events[1].revents & (POLLHUP | POLLERR)) != 0) {
        owner_left(keeper);
        return;
    }
    if ((events[1].revents & POLLOUT) != 0) empty_outbox(keeper);
    if ((events[1].revents & POLLIN) == 0) return;
    for (int taken = 0; taken < COMMANDS_PER_TURN && take_command(keeper); taken++) {}
}

static _Noreturn void run(struct keeper *keeper) {
    for (;;) {
        bool children = reap(keeper);
        if (!children && keeper->owner_gone) _exit(0);
        if (keeper->strays && !kill_strays(keeper)) {
            report_lost(keeper);
            keeper->strays = keeper->owner_gone;
        }
        wait_for_event(keeper);
    }
}

static bool prepare(struct keeper *keeper) {
    prctl(PR_SET_NAME, DOWNBEAT_KEEPER_NAME, 0, 0, 0);
    if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) return false;
    signals_reset();
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT};
    for (size_t index = 0; index < sizeof ignored / sizeof *ignored; index++)
        sigaction(ignored[index], &ignore, NULL);
    fcntl(DESCRIPTOR_SOCKET, F_SETFD, FD_CLOEXEC);
    fcntl(DESCRIPTOR_LOCK, F_SETFD, FD_CLOEXEC);
    close_from(DESCRIPTOR_CONTROL);
    for (int reserved = DESCRIPTOR_CONTROL; reserved < DESCRIPTOR_FIRST_FREE; reserved++)
        if (!take_null_device(reserved)) return false;
    keeper->signals = signals_watch_children();
    return keeper->signals >= 0;
}

// It must be one that the service has made: a connected SOCK_SEQPACKET socket.
static bool is_our_socket(int descriptor) {
    int type = 0, domain = 0;
    socklen_t length = sizeof type;
    if (getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &length) != 0) return false;
    length = sizeof domain;
    if (getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &length) != 0) return false;
    return type == SOCK_SEQPACKET && domain == AF_UNIX;
}

// Runs before Swift starts, in every program that contains this target; glibc passes main's
// arguments. Only a keeper stays here: by name, and by the socket it was given.
__attribute__((constructor)) static void branch_off(int count, char **arguments) {
    if (count != 3 || strcmp(arguments[0], DOWNBEAT_KEEPER_NAME) != 0) return;
    if (strtol(arguments[1], NULL, 10) != DESCRIPTOR_SOCKET || !is_our_socket(DESCRIPTOR_SOCKET))
        _exit(KEEPER_EXIT_USAGE);
    title = arguments[0];
    means_disable((uint32_t)strtoul(arguments[2], NULL, 10));
    struct keeper keeper = {0};
    if (!prepare(&keeper)) _exit(KEEPER_EXIT_SYSTEM);
    report(&keeper, (struct downbeat_report){.kind = DOWNBEAT_REPORT_READY, .pid = getpid()});
    run(&keeper);
}
