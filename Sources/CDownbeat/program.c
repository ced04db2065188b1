// Starting a program from a process that works for an attempt: an archiver, a packer. The keeper
// ends it with the attempt, since it is below the attempt's main process.

#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

// Above the places that the standard descriptors go to.
enum { PARKING = 64, FAILURE_PIPE = 3 };

static int move_descriptors(int input, int output, int errors, int failure_pipe) {
    int wanted[] = {input, output, errors, failure_pipe};
    for (int place = STDIN_FILENO; place <= FAILURE_PIPE; place++) {
        if (wanted[place] < 0) continue;
        wanted[place] = fcntl(wanted[place], F_DUPFD, PARKING);
        if (wanted[place] < 0) return errno;
    }
    for (int place = STDIN_FILENO; place <= STDERR_FILENO; place++) {
        bool moved = wanted[place] < 0 ? take_null_device(place) : dup2(wanted[place], place) >= 0;
        if (!moved) return errno;
    }
    if (dup3(wanted[FAILURE_PIPE], FAILURE_PIPE, O_CLOEXEC) < 0) return errno;
    close_from(FAILURE_PIPE + 1);
    return 0;
}

static _Noreturn void become_program(
    const char *path, char *const *arguments, char *const *environment, const int *standard,
    int failure_pipe) {
    int error = move_descriptors(standard[0], standard[1], standard[2], failure_pipe);
    if (error == 0) {
        failure_pipe = FAILURE_PIPE;
        signals_reset();
        execve(path, arguments, environment);
        error = errno;
    }
    // Four bytes into an empty pipe: written whole, or there is nobody to tell.
    ssize_t written = write(failure_pipe, &error, sizeof error);
    _exit(written == (ssize_t)sizeof error ? 127 : 126);
}

int downbeat_program_start(
    const char *path, char *const *arguments, char *const *environment, const int *standard,
    pid_t *pid) {
    int failure_pipe[2];
    if (pipe2(failure_pipe, O_CLOEXEC) != 0) return errno;
    // No handler of ours may run in the child.
    sigset_t all, before;
    sigfillset(&all);
    int error = pthread_sigmask(SIG_SETMASK, &all, &before);
    if (error == 0) {
        *pid = fork();
        if (*pid == 0) become_program(path, arguments, environment, standard, failure_pipe[1]);
        error = *pid < 0 ? errno : 0;
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    close(failure_pipe[1]);
    if (error == 0) {
        int failure = 0;
        ssize_t length;
        do {
            length = read(failure_pipe[0], &failure, sizeof failure);
        } while (length < 0 && errno == EINTR);
        if (length == (ssize_t)sizeof failure) {
            int status;
            while (waitpid(*pid, &status, 0) < 0 && errno == EINTR) {}
            error = failure;
        }
    }
    close(failure_pipe[0]);
    return error;
}

int downbeat_file_system_sync(int descriptor) {
    return syncfs(descriptor) == 0 ? 0 : errno;
}
