// The processes below one, found through /proc, and signals to exactly those.
//
// A snapshot is only ever a guess: processes fork and end while it is taken. So whoever ends a tree
// takes snapshots until waitpid says that no child is left. A pid may be used again only after its
// parent has waited for it. Our own children wait for us, so their pids are safe; for all others the
// process is pinned first (pidfd) and its parent read again, so that a stranger who got the pid
// meanwhile is never signalled.

#include "internal.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

void tree_clear(struct tree *tree) {
    free(tree->pids);
    *tree = (struct tree){0};
}

bool tree_contains(const struct tree *tree, pid_t pid) {
    for (size_t index = 0; index < tree->count; index++)
        if (tree->pids[index] == pid) return true;
    return false;
}

// False when memory is short; the next snapshot tries again.
bool tree_add(struct tree *tree, pid_t pid) {
    if (tree->count == tree->capacity) {
        size_t capacity = tree->capacity == 0 ? 64 : tree->capacity * 2;
        pid_t *pids = realloc(tree->pids, capacity * sizeof *pids);
        if (pids == NULL) return false;
        tree->pids = pids;
        tree->capacity = capacity;
    }
    tree->pids[tree->count++] = pid;
    return true;
}

int downbeat_process_read(pid_t pid, struct downbeat_process *process) {
    char path[64];
    char text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return errno == ENOENT ? ESRCH : errno;
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    if (length <= 0) return ESRCH;
    text[length] = '\0';
    // The name is in parentheses and may itself hold parentheses and spaces: the last one counts.
    const char *after = strrchr(text, ')');
    if (after == NULL) return EBADMSG;
    int parent, session;
    unsigned long long start;
    int fields = sscanf(
        after + 1,
        " %c %d %*d %d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
        &process->state, &parent, &session, &start);
    if (fields != 4) return EBADMSG;
    process->parent = parent;
    process->session = session;
    process->start_time = start;
    return 0;
}

static void add_unless_present(struct tree *tree, pid_t pid) {
    if (!tree_contains(tree, pid)) tree_add(tree, pid);
}

// One thread's children: "12 13 14 ".
static bool add_children_of_thread(struct tree *tree, const char *path) {
    FILE *file = fopen(path, "re");
    if (file == NULL) return false;
    int pid;
    while (fscanf(file, "%d", &pid) == 1) add_unless_present(tree, pid);
    fclose(file);
    return true;
}

static bool add_children_by_file(struct tree *tree, pid_t parent) {
    char path[320];
    snprintf(path, sizeof path, "/proc/%d/task", (int)parent);
    DIR *threads = opendir(path);
    if (threads == NULL) return errno == ENOENT;  // It has ended: it has no children any more.
    bool known = true;
    for (const struct dirent *entry; (entry = readdir(threads)) != NULL;) {
        if (!isdigit((unsigned char)entry->d_name[0])) continue;
        snprintf(path, sizeof path, "/proc/%d/task/%s/children", (int)parent, entry->d_name);
        // A thread that has just ended has no file; its children belong to another one now.
        if (!add_children_of_thread(tree, path) && errno != ENOENT) known = false;
    }
    closedir(threads);
    return known;
}

// Without the kernel's list: whoever names `parent` as its parent.
static void add_children_by_scan(struct tree *tree, pid_t parent) {
    DIR *processes = opendir("/proc");
    if (processes == NULL) return;
    for (const struct dirent *entry; (entry = readdir(processes)) != NULL;) {
        if (!isdigit((unsigned char)entry->d_name[0])) continue;
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        struct downbeat_process process;
        if (downbeat_process_read(pid, &process) == 0 && process.parent == parent)
            add_unless_present(tree, pid);
    }
    closedir(processes);
}

// -1: not tried yet. The kernel's answer does not change while we run.
static int children_file = -1;

void tree_add_children(struct tree *tree, pid_t parent) {
    if (children_file < 0) {
        bool wanted = means_have(DOWNBEAT_MEANS_CHILDREN);
        children_file = wanted && (downbeat_means() & DOWNBEAT_MEANS_CHILDREN) != 0;
    }
    if (children_file == 1 && add_children_by_file(tree, parent)) return;
    add_children_by_scan(tree, parent);
}

// Adds what is below the processes of the snapshot, which grows while it is walked.
void tree_add_descendants(struct tree *tree) {
    for (size_t index = 0; index < tree->count; index++)
        tree_add_children(tree, tree->pids[index]);
}

// Whether the process that has this pid now is one of ours.
static bool belongs(const struct tree *tree, pid_t pid) {
    struct downbeat_process process;
    if (downbeat_process_read(pid, &process) != 0) return false;
    return process.parent == getpid() || tree_contains(tree, process.parent);
}

static void signal_one(const struct tree *tree, pid_t pid, int signal) {
#if defined(SYS_pidfd_open) && defined(SYS_pidfd_send_signal)
    if (means_have(DOWNBEAT_MEANS_PIDFD)) {
        int handle = (int)syscall(SYS_pidfd_open, pid, 0);
        if (handle >= 0) {
            long sent = 0;
            if (belongs(tree, pid)) sent = syscall(SYS_pidfd_send_signal, handle, signal, NULL, 0);
            int error = errno;
            close(handle);
            if (sent == 0 || (error != ENOSYS && error != EPERM)) return;
        } else if (errno == ESRCH) {
            return;
        }
    }
#endif
    if (belongs(tree, pid)) kill(pid, signal);
}

// Signals the processes of `some`; their parents must be among `all` or be this process.
void tree_signal_among(const struct tree *some, const struct tree *all, int signal) {
    for (size_t index = 0; index < some->count; index++)
        signal_one(all, some->pids[index], signal);
}

void tree_signal(const struct tree *tree, int signal) { tree_signal_among(tree, tree, signal); }

size_t downbeat_children(pid_t parent, pid_t *pids, size_t capacity) {
    struct tree tree = {0};
    tree_add_children(&tree, parent);
    size_t count = tree.count;
    for (size_t index = 0; index < count && index < capacity; index++)
        pids[index] = tree.pids[index];
    tree_clear(&tree);
    return count;
}

void downbeat_tree_kill(pid_t pid) {
    struct tree tree = {0};
    if (tree_add(&tree, pid)) {
        tree_add_descendants(&tree);
        tree_signal(&tree, SIGKILL);
    }
    tree_clear(&tree);
}

int downbeat_reap(pid_t pid, int *status) {
    for (;;) {
        pid_t reaped = waitpid(pid, status, WNOHANG);
        if (reaped == pid) return 1;
        if (reaped == 0) return 0;
        if (errno != EINTR) return -1;
    }
}
