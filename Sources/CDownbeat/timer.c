// Timers, counters and epoll: thin, since Swift sees neither their flags nor their packed structs.

#include "internal.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

int downbeat_timer_create(void) {
    return timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
}

int downbeat_timer_set(int timer, int64_t seconds, int64_t nanoseconds, int *cancels) {
    struct itimerspec time = {.it_value = {.tv_sec = seconds, .tv_nsec = nanoseconds}};
    if (*cancels != 0) {
        int flags = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET;
        if (timerfd_settime(timer, flags, &time, NULL) == 0) return 0;
        // The clock was changed since the timer was last set, perhaps after the caller looked at it:
        // ring at once, so that the caller looks again.
        if (errno == ECANCELED) {
            time.it_value = (struct timespec){.tv_nsec = 1};
            return timerfd_settime(timer, TFD_TIMER_ABSTIME, &time, NULL) == 0 ? 0 : errno;
        }
        if (errno != EPERM && errno != ENOSYS && errno != EINVAL) return errno;
        *cancels = 0;
    }
    return timerfd_settime(timer, TFD_TIMER_ABSTIME, &time, NULL) == 0 ? 0 : errno;
}

int downbeat_timer_read(int timer) {
    uint64_t count;
    for (;;) {
        if (read(timer, &count, sizeof count) == (ssize_t)sizeof count) return 0;
        if (errno != EINTR) return errno;
    }
}

int downbeat_event_create(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int downbeat_poll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int downbeat_poll_set(int poll, int descriptor, uint32_t events) {
    struct epoll_event event = {.data.fd = descriptor};
    if ((events & DOWNBEAT_POLL_READ) != 0) event.events |= EPOLLIN;
    if ((events & DOWNBEAT_POLL_WRITE) != 0) event.events |= EPOLLOUT;
    if (events == 0) {
        int result = epoll_ctl(poll, EPOLL_CTL_DEL, descriptor, &event);
        return result == 0 || errno == ENOENT ? 0 : errno;
    }
    if (epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event) == 0) return 0;
    if (errno != EEXIST) return errno;
    return epoll_ctl(poll, EPOLL_CTL_MOD, descriptor, &event) == 0 ? 0 : errno;
}

enum { EVENTS_PER_WAIT = 256 };

int downbeat_poll_wait(int poll, struct downbeat_ready *ready, int capacity, int milliseconds) {
    struct epoll_event events[EVENTS_PER_WAIT];
    if (capacity > EVENTS_PER_WAIT) capacity = EVENTS_PER_WAIT;
    int count = epoll_wait(poll, events, capacity, milliseconds);
    if (count < 0) return errno == EINTR ? 0 : -1;
    for (int index = 0; index < count; index++) {
        uint32_t seen = events[index].events;
        ready[index].descriptor = events[index].data.fd;
        ready[index].events = ((seen & EPOLLIN) != 0 ? DOWNBEAT_POLL_READ : 0)
            | ((seen & EPOLLOUT) != 0 ? DOWNBEAT_POLL_WRITE : 0)
            | ((seen & (EPOLLHUP | EPOLLERR)) != 0 ? DOWNBEAT_POLL_HANGUP : 0);
    }
    return count;
}
