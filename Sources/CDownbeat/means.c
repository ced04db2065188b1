// Which of the newer calls work: an old kernel answers ENOSYS, a sandbox EPERM.

#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

// Set once, in a keeper with one thread, by its start; elsewhere 0.
static uint32_t disabled;

void means_disable(uint32_t means) { disabled = means; }

bool means_have(uint32_t means) { return (disabled & means) == 0; }

static bool have_pidfd(void) {
#if defined(SYS_pidfd_open) && defined(SYS_pidfd_send_signal)
    int handle = (int)syscall(SYS_pidfd_open, getpid(), 0);
    if (handle < 0) return false;
    bool sent = syscall(SYS_pidfd_send_signal, handle, 0, NULL, 0) == 0;
    close(handle);
    return sent;
#else
    return false;
#endif
}

static bool have_close_range(void) {
#ifdef SYS_close_range
    // The highest number there is: nothing is ever open there.
    return syscall(SYS_close_range, ~0U, ~0U, 0U) == 0;
#else
    return false;
#endif
}

static bool have_children(void) {
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%ld/children", syscall(SYS_gettid));
    return access(path, R_OK) == 0;
}

static bool have_cancel_on_set(void) {
    int timer = downbeat_timer_create();
    if (timer < 0) return false;
    int cancels = 1;
    int error = downbeat_timer_set(timer, INT32_MAX, 0, &cancels);
    close(timer);
    return error == 0 && cancels == 1;
}

uint32_t downbeat_means(void) {
    uint32_t means = 0;
    if (have_pidfd()) means |= DOWNBEAT_MEANS_PIDFD;
    if (have_close_range()) means |= DOWNBEAT_MEANS_CLOSE_RANGE;
    if (have_children()) means |= DOWNBEAT_MEANS_CHILDREN;
    if (have_cancel_on_set()) means |= DOWNBEAT_MEANS_CANCEL_ON_SET;
    return means & ~disabled;
}
