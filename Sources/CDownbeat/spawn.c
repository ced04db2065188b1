// What happens in the command's own process between fork and exec.

#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULT_PATH "/usr/local/bin:/usr/bin:/bin"

// Where the failure pipe goes, so that everything above it can be closed: behind a child's channel.
enum { FAILURE_PIPE = DOWNBEAT_CHANNEL, FAILURE_PIPE_OF_CHILD = DOWNBEAT_CHANNEL + 1 };

// The executable of a child: the reaper's own, also when its file has been replaced meanwhile.
#define OWN_EXECUTABLE "/proc/self/exe"

static _Noreturn void fail(int pipe, uint32_t stage, int error) {
    struct failure failure = {.error = error, .stage = stage};
    // Eight bytes into an empty pipe: written whole, or there is nobody to tell.
    ssize_t written = write(pipe, &failure, sizeof failure);
    _exit(written == (ssize_t)sizeof failure ? 127 : 126);
}

// Standard input empty or with its text, output and errors into the pipes, nothing else open but a
// child's channel and the failure pipe.
static int arrange_descriptors(const char *input, int failure_pipe, int failure_place) {
    bool taken = input == NULL ? take_null_device(STDIN_FILENO) : take_input(input);
    if (!taken) return errno;
    if (dup2(DESCRIPTOR_OUTPUT, STDOUT_FILENO) < 0) return errno;
    if (dup2(DESCRIPTOR_ERRORS, STDERR_FILENO) < 0) return errno;
    // Only numbers below those that keeper and reaper reserve are overwritten from here on.
    bool is_child = failure_place == FAILURE_PIPE_OF_CHILD;
    if (is_child && dup2(DESCRIPTOR_CHANNEL, DOWNBEAT_CHANNEL) < 0) return errno;
    if (dup3(failure_pipe, failure_place, O_CLOEXEC) < 0) return errno;
    close_from(failure_place + 1);
    return 0;
}

// Becomes another user for good: groups, group, user, and the proof that there is no way back.
static int become_user(const struct request *request) {
    if (setgroups(request->group_count, request->groups) != 0) return errno;
    if (setresgid(request->group, request->group, request->group) != 0) return errno;
    if (setresuid(request->user, request->user, request->user) != 0) return errno;
    if (request->user != 0 && (setuid(0) == 0 || seteuid(0) == 0)) return EPERM;
    uid_t real, effective, saved;
    if (getresuid(&real, &effective, &saved) != 0) return errno;
    if (real != request->user || effective != request->user || saved != request->user)
        return EPERM;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
    return 0;
}

static const char *variable(char *const *environment, const char *name) {
    size_t length = strlen(name);
    for (; *environment != NULL; environment++)
        if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=')
            return *environment + length + 1;
    return NULL;
}

// Executes, looking through PATH for a name without a slash. Returns the errno that says most:
// "not allowed" for one found file says more than "not there" for the others.
static int execute(const struct request *request) {
    if (request->is_child) {
        execve(OWN_EXECUTABLE, request->arguments, request->environment);
        return errno;
    }
    const char *name = request->arguments[0];
    if (*name == '\0') return ENOENT;
    if (strchr(name, '/') != NULL) {
        execve(name, request->arguments, request->environment);
        return errno;
    }
    const char *path = variable(request->environment, "PATH");
    if (path == NULL) path = DEFAULT_PATH;
    int error = ENOENT;
    for (;;) {
        size_t length = strcspn(path, ":");
        char candidate[PATH_MAX];
        int written = length == 0
            ? snprintf(candidate, sizeof candidate, "./%s", name)
            : snprintf(candidate, sizeof candidate, "%.*s/%s", (int)length, path, name);
        if (written > 0 && (size_t)written < sizeof candidate) {
            execve(candidate, request->arguments, request->environment);
            if (errno == EACCES) error = EACCES;
            else if (errno != ENOENT && errno != ENOTDIR) return errno;
        }
        if (path[length] == '\0') return error;
        path += length + 1;
    }
}

// Runs in the child that becomes the command; never returns.
_Noreturn void spawn_child(const struct request *request, int failure_pipe, pid_t reaper) {
    if (setsid() < 0) fail(failure_pipe, DOWNBEAT_STAGE_SESSION, errno);
    int place = request->is_child ? FAILURE_PIPE_OF_CHILD : FAILURE_PIPE;
    int error = arrange_descriptors(request->input, failure_pipe, place);
    if (error != 0) fail(failure_pipe, DOWNBEAT_STAGE_DESCRIPTORS, error);
    failure_pipe = place;
    umask(S_IWGRP | S_IWOTH);
    if (request->has_user) {
        error = become_user(request);
        if (error != 0) fail(failure_pipe, DOWNBEAT_STAGE_USER, error);
    }
    // After the switch, which clears it. The reaper has one thread, so this is about its process;
    // should it be killed, the command goes at once and the keeper ends the rest.
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
        fail(failure_pipe, DOWNBEAT_STAGE_SESSION, errno);
    if (getppid() != reaper) _exit(127);
    if (request->directory != NULL && chdir(request->directory) != 0)
        fail(failure_pipe, DOWNBEAT_STAGE_DIRECTORY, errno);
    signals_reset();
    fail(failure_pipe, DOWNBEAT_STAGE_EXECUTE, execute(request));
}
