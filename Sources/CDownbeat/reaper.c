// One reaper per attempt: starts the command, owns every process below it, and reports the end
// only when all of them have ended and been waited for.
//
// It is a subreaper, so orphans of the command come to it. ECHILD from waitpid therefore means:
// nothing of this attempt is left. An attempt's tree ends with its main process: what that leaves
// behind gets TERM at once and KILL after a second. The pipe from the keeper brings TERM and KILL;
// its end means that the keeper is gone, which is KILL. After a TERM command the sender decides
// when KILL follows; the second above does not apply.

#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// What the main process left behind has this long between TERM and KILL.
#define LEFTOVER_GRACE_MS 1000

// While killing, the pause before looking for processes again that a snapshot missed.
#define KILL_PAUSE_FIRST_MS 5
#define KILL_PAUSE_MAX_MS 200

// Snapshots of one TERM: each finds what was forked during the one before.
#define TERM_SNAPSHOTS_MAX 8

// Of the child until it executes; a path of 4 KiB is the largest thing on it.
#define CHILD_STACK_BYTES (64 * 1024)

enum phase {
    RUNNING,     // the main process lives, nothing was asked for
    TERMINATED,  // TERM was asked for; KILL will be, unless everything ends before
    TIDYING,     // the main process has ended by itself; the rest got TERM
    KILLING,     // KILL until nothing is left
};

struct reaper {
    uint64_t key;
    pid_t main;
    bool main_ended;
    int status;
    enum phase phase;
    uint32_t flags;
    int64_t deadline_ms;  // of TIDYING
    int pause_ms;         // of KILLING
    int signals;
    int control;
    int failures;  // -1 once it is known whether exec succeeded
    struct failure failure;
    bool started_pending;
    bool abandoned;  // the keeper ended before the main process did
};

static int64_t now_ms(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static _Noreturn void report_not_started(uint64_t key, uint32_t stage, int error) {
    struct downbeat_report report = {
        .key = key, .kind = DOWNBEAT_REPORT_NOT_STARTED, .error = error, .stage = stage};
    report_send_waiting(&report);
    _exit(0);
}

static void report_started(struct reaper *reaper) {
    struct downbeat_report report = {
        .key = reaper->key, .kind = DOWNBEAT_REPORT_STARTED, .pid = reaper->main};
    int error = report_send(&report);
    reaper->started_pending = error == EAGAIN || error == ENOBUFS;
}

static int64_t microseconds(struct timeval time) {
    return (int64_t)time.tv_sec * 1000000 + time.tv_usec;
}

static _Noreturn void report_ended(struct reaper *reaper) {
    // A started message that found no room goes first.
    if (reaper->started_pending) {
        struct downbeat_report started = {
            .key = reaper->key, .kind = DOWNBEAT_REPORT_STARTED, .pid = reaper->main};
        report_send_waiting(&started);
    }
    struct rusage usage = {0};
    getrusage(RUSAGE_CHILDREN, &usage);
    struct downbeat_report report = {
        .key = reaper->key,
        .kind = DOWNBEAT_REPORT_ENDED,
        .pid = reaper->main,
        .status = reaper->status,
        .flags = reaper->flags,
        .user_microseconds = microseconds(usage.ru_utime),
        .system_microseconds = microseconds(usage.ru_stime),
        .peak_bytes = (int64_t)usage.ru_maxrss * 1024,
    };
    report_send_waiting(&report);
    _exit(0);
}

// Whether exec succeeded: the pipe closes, or says why not. `decided`: what it does not say now it
// will never say.
static void read_failure(struct reaper *reaper, bool decided) {
    if (reaper->failures < 0) return;
    ssize_t length = read(reaper->failures, &reaper->failure, sizeof reaper->failure);
    if (length < 0 && !decided && (errno == EAGAIN || errno == EINTR)) return;
    close(reaper->failures);
    reaper->failures = -1;
    if (length == (ssize_t)sizeof reaper->failure) return;
    reaper->failure = (struct failure){0};
    report_started(reaper);
}

// Waits for all that have ended. False when no process is left.
static bool reap(struct reaper *reaper) {
    for (;;) {
        int status;
        pid_t pid = waitpid(-1, &status, WNOHANG);
        if (pid == 0) return true;
        if (pid < 0) {
            if (errno == EINTR) continue;
            return false;
        }
        if (pid != reaper->main) continue;
        reaper->main_ended = true;
        reaper->status = status;
    }
}

static void kill_everything(void) {
    struct tree tree = {0};
    tree_add_children(&tree, getpid());
    tree_add_descendants(&tree);
    tree_signal(&tree, SIGKILL);
    tree_clear(&tree);
}

// TERM, once each: to some programs a second one means "at once". CONT, since a stopped process
// would not see it.
static void terminate_everything(void) {
    struct tree done = {0};
    for (int snapshot = 0; snapshot < TERM_SNAPSHOTS_MAX; snapshot++) {
        struct tree all = {0};
        tree_add_children(&all, getpid());
        tree_add_descendants(&all);
        struct tree fresh = {0};
        for (size_t index = 0; index < all.count; index++)
            if (!tree_contains(&done, all.pids[index])) tree_add(&fresh, all.pids[index]);
        size_t found = fresh.count;
        // The whole snapshot proves who belongs; only the fresh ones are signalled.
        for (size_t index = 0; index < found; index++) tree_add(&done, fresh.pids[index]);
        tree_signal_among(&fresh, &all, SIGTERM);
        tree_signal_among(&fresh, &all, SIGCONT);
        tree_clear(&fresh);
        tree_clear(&all);
        if (found == 0) break;
    }
    tree_clear(&done);
}

static void start_killing(struct reaper *reaper) {
    if (reaper->phase == KILLING) return;
    reaper->phase = KILLING;
    reaper->pause_ms = KILL_PAUSE_FIRST_MS;
}

static void obey(struct reaper *reaper, char command) {
    if (command == CONTROL_KILL) {
        if (!reaper->main_ended) reaper->flags |= DOWNBEAT_ENDED_AFTER_KILL;
        start_killing(reaper);
    } else if (command == CONTROL_TERM && reaper->phase == RUNNING) {
        if (!reaper->main_ended) reaper->flags |= DOWNBEAT_ENDED_AFTER_TERM;
        reaper->phase = TERMINATED;
        terminate_everything();
    }
}

static void read_control(struct reaper *reaper) {
    if (reaper->control < 0) return;
    char commands[16];
    ssize_t length = read(reaper->control, commands, sizeof commands);
    if (length < 0) return;
    if (length == 0) {
        close(reaper->control);
        reaper->control = -1;
        reaper->abandoned = !reaper->main_ended;
        obey(reaper, CONTROL_KILL);
    }
    for (ssize_t index = 0; index < length; index++) obey(reaper, commands[index]);
}

// What the phase asks for now, with something still living.
static void advance(struct reaper *reaper) {
    if (reaper->phase == RUNNING && reaper->main_ended) {
        reaper->phase = TIDYING;
        reaper->flags |= DOWNBEAT_ENDED_LEFTOVERS;
        reaper->deadline_ms = now_ms() + LEFTOVER_GRACE_MS;
        terminate_everything();
    }
    if (reaper->phase == TIDYING && now_ms() >= reaper->deadline_ms) start_killing(reaper);
    if (reaper->phase == KILLING) kill_everything();
}

static int timeout_ms(struct reaper *reaper) {
    if (reaper->phase == TIDYING) {
        int64_t left = reaper->deadline_ms - now_ms();
        return left < 0 ? 0 : (int)left;
    }
    if (reaper->phase != KILLING) return -1;
    int pause = reaper->pause_ms;
    reaper->pause_ms = pause * 2 > KILL_PAUSE_MAX_MS ? KILL_PAUSE_MAX_MS : pause * 2;
    return pause;
}

static void wait_for_event(struct reaper *reaper) {
    // poll ignores negative descriptors.
    struct pollfd events[] = {
        {.fd = reaper->signals, .events = POLLIN},
        {.fd = reaper->control, .events = POLLIN},
        {.fd = reaper->failures, .events = POLLIN},
        {.fd = reaper->started_pending ? DESCRIPTOR_SOCKET : -1, .events = POLLOUT},
    };
    if (poll(events, sizeof events / sizeof *events, timeout_ms(reaper)) <= 0) return;
    if (events[0].revents != 0) signals_drain(reaper->signals);
    if (events[2].revents != 0) read_failure(reaper, false);
    if (events[1].revents != 0) read_control(reaper);
    if (events[3].revents != 0) report_started(reaper);
}

struct launch {
    const struct request *request;
    int failure_pipe;
    pid_t reaper;
};

static int launch(void *argument) {
    const struct launch *launch = argument;
    spawn_child(launch->request, launch->failure_pipe, launch->reaper);
}

// Makes the child that becomes the command. It borrows our memory until it executes, while we stand
// still: copying the page tables of an executable of this size costs more than all the rest. It has
// its own stack, descriptors and dispositions; no signal reaches it before those are reset.
static pid_t borrow(struct launch *argument) {
    static _Alignas(16) char stack[CHILD_STACK_BYTES];
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    pid_t child = clone(launch, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, argument);
    int error = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    errno = error;
    return child;
}

// A child with a memory of its own: another user could stop or trace a process that has ours.
static pid_t copy(struct launch *argument) {
    pid_t child = fork();
    if (child == 0) launch(argument);
    return child;
}

static void start_command(struct reaper *reaper, bool has_channel) {
    struct request request;
    int error = request_read(DESCRIPTOR_REQUEST, &request);
    if (error == 0 && request.is_child != has_channel) error = EBADMSG;
    if (error != 0) report_not_started(reaper->key, DOWNBEAT_STAGE_REQUEST, error);
    int failures[2];
    if (pipe2(failures, O_CLOEXEC | O_NONBLOCK) != 0)
        report_not_started(reaper->key, DOWNBEAT_STAGE_DESCRIPTORS, errno);
    struct launch launch = {
        .request = &request, .failure_pipe = failures[1], .reaper = getpid()};
    reaper->main = request.has_user ? copy(&launch) : borrow(&launch);
    if (reaper->main < 0) report_not_started(reaper->key, DOWNBEAT_STAGE_FORK, errno);
    reaper->failures = failures[0];
    close(failures[1]);
    // A child that borrowed our memory has given it back: it is past exec, or it has said why not.
    if (!request.has_user) read_failure(reaper, true);
    close(DESCRIPTOR_REQUEST);
    close(DESCRIPTOR_OUTPUT);
    close(DESCRIPTOR_ERRORS);
    // The worker sees the end of a child's channel when the child's own copy is closed.
    close(DESCRIPTOR_CHANNEL);
    request_free(&request);
}

// Runs in the process that the keeper has forked, with its descriptors in their places.
_Noreturn void reaper_main(uint64_t key, bool has_channel) {
    prctl(PR_SET_NAME, DOWNBEAT_REAPER_NAME, 0, 0, 0);
    if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0)
        report_not_started(key, DOWNBEAT_STAGE_FORK, errno);
    struct reaper reaper = {.key = key, .control = DESCRIPTOR_CONTROL, .failures = -1};
    reaper.signals = signals_watch_children();
    if (reaper.signals < 0) report_not_started(key, DOWNBEAT_STAGE_DESCRIPTORS, errno);
    start_command(&reaper, has_channel);
    while (reap(&reaper)) {
        advance(&reaper);
        wait_for_event(&reaper);
    }
    // It was killed here, and for no fault of its own: as with a killed reaper, nobody saw how it would
    // have ended. The service learns that from the end of the keeper.
    if (reaper.abandoned && WIFSIGNALED(reaper.status) && WTERMSIG(reaper.status) == SIGKILL)
        _exit(0);
    // All have ended, so the pipe has its answer.
    read_failure(&reaper, true);
    if (reaper.failure.stage != 0)
        report_not_started(key, reaper.failure.stage, reaper.failure.error);
    report_ended(&reaper);
}
