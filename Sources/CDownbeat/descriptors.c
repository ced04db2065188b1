// Closing what must not be inherited.

#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

// As the kernel writes it; glibc's own reader allocates, which is not allowed between fork and exec.
struct directory_entry {
    uint64_t inode;
    int64_t offset;
    unsigned short length;
    unsigned char type;
    char name[];
};

static int number_of(const char *name) {
    int number = 0;
    if (*name == '\0') return -1;
    for (; *name != '\0'; name++) {
        if (*name < '0' || *name > '9') return -1;
        number = number * 10 + (*name - '0');
    }
    return number;
}

static bool close_by_listing(int first) {
    int folder = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return false;
    _Alignas(struct directory_entry) char buffer[4096];
    for (;;) {
        long length = syscall(SYS_getdents64, folder, buffer, sizeof buffer);
        if (length <= 0) break;
        for (long at = 0; at < length;) {
            const struct directory_entry *entry = (const void *)(buffer + at);
            int descriptor = number_of(entry->name);
            if (descriptor >= first && descriptor != folder) close(descriptor);
            at += entry->length;
        }
    }
    close(folder);
    return true;
}

// Closes every descriptor from `first` up. Safe between fork and exec.
void close_from(int first) {
#ifdef SYS_close_range
    if (means_have(DOWNBEAT_MEANS_CLOSE_RANGE)
        && syscall(SYS_close_range, (unsigned)first, ~0U, 0U) == 0)
        return;
#endif
    if (close_by_listing(first)) return;
    long limit = sysconf(_SC_OPEN_MAX);
    if (limit < 0 || limit > 1048576) limit = 1048576;
    for (int descriptor = first; descriptor < limit; descriptor++) close(descriptor);
}

// Puts /dev/null, close-on-exec above 2, at `descriptor`.
bool take_null_device(int descriptor) {
    int opened = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (opened < 0) return false;
    if (opened == descriptor) {
        if (descriptor <= STDERR_FILENO) fcntl(descriptor, F_SETFD, 0);
        return true;
    }
    int flags = descriptor > STDERR_FILENO ? O_CLOEXEC : 0;
    bool moved = dup3(opened, descriptor, flags) == descriptor;
    close(opened);
    return moved;
}

// Puts a file that exists in memory only and holds `text` at standard input, to be read from its start.
//
// No pipe: that would need somebody who writes for as long as the command does not read. The file is
// sealed, so that nobody changes what another process of the command reads. Safe between fork and exec.
bool take_input(const char *text) {
    int file = memfd_create("downbeat-input", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (file < 0) return false;
    size_t left = strlen(text);
    while (left > 0) {
        ssize_t written = write(file, text, left);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) break;
        text += written;
        left -= (size_t)written;
    }
    // A kernel without seals gives a file that may be written to: the same for who only reads.
    int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
    (void)fcntl(file, F_ADD_SEALS, seals);
    bool taken = left == 0 && lseek(file, 0, SEEK_SET) == 0
        && dup3(file, STDIN_FILENO, 0) == STDIN_FILENO;
    int error = errno;
    close(file);
    errno = error;
    return taken;
}

// Hands out both ends, the first without blocking; on failure closes them and gives the errno.
// Each end has its own file, so the second blocks as programs expect.
static int hand_out(const int ends[2], int *own_end, int *other_end) {
    if (fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0) {
        int error = errno;
        close(ends[0]);
        close(ends[1]);
        return error;
    }
    *own_end = ends[0];
    *other_end = ends[1];
    return 0;
}

int downbeat_socket_pair(int *service_end, int *keeper_end) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return errno;
    return hand_out(ends, service_end, keeper_end);
}

int downbeat_output_pipe(int *read_end, int *write_end) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return errno;
    return hand_out(ends, read_end, write_end);
}

int downbeat_channel_pair(int *worker_end, int *child_end) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return errno;
    return hand_out(ends, worker_end, child_end);
}

int downbeat_channel_take(int descriptor) {
    int type = 0, domain = 0;
    socklen_t length = sizeof type;
    if (getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &length) != 0) return errno;
    length = sizeof domain;
    if (getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &length) != 0) return errno;
    if (type != SOCK_STREAM || domain != AF_UNIX) return ENOTSOCK;
    return fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 ? 0 : errno;
}

int downbeat_memory_file(void) { return memfd_create("downbeat-request", MFD_CLOEXEC); }
