// Starting a keeper from the service, which has threads: between fork and exec only calls that are
// safe in a signal handler.

#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

extern char **environ;

// Above the places that the keeper's descriptors go to.
enum { PARKING = 64 };

static bool arrange_descriptors(int keeper_end, int lock) {
    int parked_end = fcntl(keeper_end, F_DUPFD, PARKING);
    if (parked_end < 0) return false;
    int parked_lock = lock < 0 ? -1 : fcntl(lock, F_DUPFD, PARKING);
    if (lock >= 0 && parked_lock < 0) return false;
    for (int standard = STDIN_FILENO; standard <= STDERR_FILENO; standard++)
        if (!take_null_device(standard)) return false;
    if (dup2(parked_end, DESCRIPTOR_SOCKET) < 0) return false;
    bool locked = parked_lock < 0 ? take_null_device(DESCRIPTOR_LOCK)
                                  : dup2(parked_lock, DESCRIPTOR_LOCK) == DESCRIPTOR_LOCK;
    if (!locked) return false;
    close_from(DESCRIPTOR_LOCK + 1);
    return true;
}

static _Noreturn void become_keeper(
    const char *executable, char *const *arguments, int keeper_end, int lock) {
    uint32_t stage = DOWNBEAT_STAGE_SESSION;
    if (setsid() >= 0) {
        stage = DOWNBEAT_STAGE_DESCRIPTORS;
        if (arrange_descriptors(keeper_end, lock)) {
            signals_reset();
            execve(executable, arguments, environ);
            stage = DOWNBEAT_STAGE_EXECUTE;
        }
    }
    struct downbeat_report report = {
        .kind = DOWNBEAT_REPORT_NOT_STARTED, .error = errno, .stage = stage};
    report_send(&report);
    _exit(127);
}

int downbeat_keeper_start(
    const char *executable, int keeper_end, int lock, uint32_t unused_means, pid_t *pid) {
    char socket_number[16], means[16];
    snprintf(socket_number, sizeof socket_number, "%d", DESCRIPTOR_SOCKET);
    snprintf(means, sizeof means, "%u", unused_means);
    char *const arguments[] = {DOWNBEAT_KEEPER_NAME, socket_number, means, NULL};
    // No handler of the service may run in the child.
    sigset_t all, before;
    sigfillset(&all);
    int error = pthread_sigmask(SIG_SETMASK, &all, &before);
    if (error != 0) return error;
    pid_t child = fork();
    if (child == 0) become_keeper(executable, arguments, keeper_end, lock);
    error = child < 0 ? errno : 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error == 0) *pid = child;
    return error;
}

int downbeat_subreaper_set(int enabled) {
    return prctl(PR_SET_CHILD_SUBREAPER, enabled, 0, 0, 0) == 0 ? 0 : errno;
}
