// Signals as descriptors.

#include "internal.h"

#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

// The kernel's highest signal, a bit of its masks each.
enum { SIGNAL_MAX = 64 };

// Default dispositions and an empty mask, as a freshly logged-in user's programs expect them.
// Safe between fork and exec.
void signals_reset(void) {
    // Past the C library, which refuses the two signals that it keeps for itself (32 and 33), though
    // they may have been inherited ignored. All zero is the default action in the kernel's
    // structure, whatever its size; KILL and STOP refuse, which is fine.
    static const unsigned long long default_action[8];
    for (int signal = 1; signal <= SIGNAL_MAX; signal++)
        syscall(SYS_rt_sigaction, signal, default_action, NULL, SIGNAL_MAX / 8);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static int open_set(const sigset_t *set) {
    return signalfd(-1, set, SFD_CLOEXEC | SFD_NONBLOCK);
}

// Blocks SIGCHLD and gives a descriptor that reports it.
int signals_watch_children(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) return -1;
    return open_set(&set);
}

void signals_drain(int descriptor) {
    struct signalfd_siginfo information;
    while (read(descriptor, &information, sizeof information) == (ssize_t)sizeof information) {}
}

int downbeat_signals_open(const int *signals, size_t count) {
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    if (sigaction(SIGPIPE, &ignore, NULL) != 0) return -1;
    sigset_t set;
    sigemptyset(&set);
    for (size_t index = 0; index < count; index++) sigaddset(&set, signals[index]);
    int error = pthread_sigmask(SIG_BLOCK, &set, NULL);
    if (error != 0) {
        errno = error;
        return -1;
    }
    return open_set(&set);
}

int downbeat_signal_is_ignored(int signal) {
    struct sigaction action;
    return sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

int downbeat_signals_read(int descriptor) {
    struct signalfd_siginfo information;
    ssize_t length;
    do {
        length = read(descriptor, &information, sizeof information);
    } while (length < 0 && errno == EINTR);
    return length == (ssize_t)sizeof information ? (int)information.ssi_signo : 0;
}
