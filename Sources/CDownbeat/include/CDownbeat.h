// What Swift needs from Linux and cannot call by itself, and the keeper.
//
// The keeper is a small process between the service and the commands it runs. It is this very
// executable, executed again under the name DOWNBEAT_KEEPER_NAME; a constructor notices the name
// before Swift starts, runs plain C and never returns (keeper.c). For each attempt the keeper forks
// a reaper (reaper.c), a subreaper of its own, so that whatever a command leaves behind, however
// often it forks or calls setsid, belongs to exactly that attempt. No privilege is needed.
//
//   service ── keeper ─┬─ reaper ── command ── …
//                      └─ reaper ── command ── …
//
// Service, keeper and reapers talk over one SOCK_SEQPACKET pair: whole messages, in order.
// Functions return 0 or an errno unless they say otherwise.

#ifndef CDOWNBEAT_H
#define CDOWNBEAT_H

#include <stddef.h>
#include <stdint.h>

#define DOWNBEAT_KEEPER_NAME "downbeat-keeper"
#define DOWNBEAT_REAPER_NAME "downbeat-reaper"

// The largest spawn request: twice what Linux takes as arguments with an 8 MiB stack.
#define DOWNBEAT_SPAWN_BYTES_MAX 4194304

// ---- Messages from the service to the keeper ----

enum {
    // With `descriptors` descriptors: request, standard output, standard error, and for a child the
    // channel to its worker.
    DOWNBEAT_COMMAND_SPAWN = 1,
    DOWNBEAT_COMMAND_TERM = 2,   // SIGTERM to every process of the attempt
    DOWNBEAT_COMMAND_KILL = 3,   // SIGKILL until nothing of the attempt is left
};

struct downbeat_command {
    uint64_t key;
    uint32_t kind;
    uint32_t descriptors;
};

// Descriptors that come with a command or with a child, and the number under which a child finds its
// channel.
enum {
    DOWNBEAT_DESCRIPTORS_OF_COMMAND = 3,
    DOWNBEAT_DESCRIPTORS_OF_CHILD = 4,
    DOWNBEAT_CHANNEL = 3,
};

// A spawn request in its memfd: this header, `group_count` group ids (uint32_t), then the strings,
// each ended by NUL: arguments, environment, the working directory if `has_directory`, and the text
// of standard input if `has_input`; without one, standard input is empty. A child is this very
// executable, whatever its first argument is; it has a channel.
struct downbeat_spawn_header {
    uint32_t argument_count;
    uint32_t environment_count;
    uint32_t has_directory;
    uint32_t has_input;
    uint32_t has_user;
    uint32_t user;
    uint32_t group;
    uint32_t group_count;
    uint32_t is_child;
};

// ---- Messages from the keeper and its reapers to the service ----

enum {
    DOWNBEAT_REPORT_READY = 1,        // the keeper runs
    DOWNBEAT_REPORT_STARTED = 2,      // `pid` executes the command
    DOWNBEAT_REPORT_NOT_STARTED = 3,  // `error` at `stage`
    DOWNBEAT_REPORT_ENDED = 4,        // nothing of the attempt is left; `status` is of its main process
    DOWNBEAT_REPORT_LOST = 5,         // its reaper was killed; nothing is left, the status is unknown
};

// Where starting a command failed.
enum {
    DOWNBEAT_STAGE_REQUEST = 1,      // the request does not decode
    DOWNBEAT_STAGE_FORK = 2,
    DOWNBEAT_STAGE_DESCRIPTORS = 3,
    DOWNBEAT_STAGE_SESSION = 4,
    DOWNBEAT_STAGE_USER = 5,
    DOWNBEAT_STAGE_DIRECTORY = 6,
    DOWNBEAT_STAGE_EXECUTE = 7,
};

// Flags of DOWNBEAT_REPORT_ENDED.
enum {
    DOWNBEAT_ENDED_AFTER_TERM = 1,  // a TERM command came before the main process ended
    DOWNBEAT_ENDED_AFTER_KILL = 2,  // a KILL command came before the main process ended
    DOWNBEAT_ENDED_LEFTOVERS = 4,   // the main process left others behind, which were ended
};

struct downbeat_report {
    uint64_t key;
    uint32_t kind;
    int32_t pid;
    int32_t status;  // as waitpid gives it
    int32_t error;
    uint32_t stage;
    uint32_t flags;
    int64_t user_microseconds;
    int64_t system_microseconds;
    int64_t peak_bytes;
};

// ---- Means: what this kernel lets us use; without one, a fallback is used ----

enum {
    DOWNBEAT_MEANS_PIDFD = 1,          // pidfd_open and pidfd_send_signal
    DOWNBEAT_MEANS_CLOSE_RANGE = 2,    // close_range
    DOWNBEAT_MEANS_CHILDREN = 4,       // /proc/PID/task/TID/children
    DOWNBEAT_MEANS_CANCEL_ON_SET = 8,  // TFD_TIMER_CANCEL_ON_SET
};

// The means that work here, tried one by one.
uint32_t downbeat_means(void);

// ---- The service's end of the keeper ----

// Two connected SOCK_SEQPACKET ends, both close-on-exec; the first does not block.
int downbeat_socket_pair(int *service_end, int *keeper_end);

// Starts `executable` as a keeper in a session of its own. It inherits `keeper_end`, and `lock`
// (-1: none), which it and its reapers hold open until they end. `unused_means` are not used.
// Safe in a process with threads. A failing exec arrives as DOWNBEAT_REPORT_NOT_STARTED.
int downbeat_keeper_start(
    const char *executable, int keeper_end, int lock, uint32_t unused_means, int32_t *pid);

// Sends a command without waiting, with as many of `descriptors` as it says.
// EAGAIN: the queue is full, send it later.
int downbeat_command_send(
    int service_end, const struct downbeat_command *command, const int *descriptors);

// Takes one report without waiting. EAGAIN: none is there. EPIPE: the keeper and all of its
// reapers have ended. EBADMSG: not a report.
int downbeat_report_receive(int service_end, struct downbeat_report *report);

// A pipe for a command's output, both ends close-on-exec; only the read end does not block.
int downbeat_output_pipe(int *read_end, int *write_end);

// Two connected ends of a channel between a worker and a child, both close-on-exec; only the
// worker's end does not block.
int downbeat_channel_pair(int *worker_end, int *child_end);

// Takes the channel in a child: whether `descriptor` is a connected stream of the local kind. It is
// close-on-exec from then on.
int downbeat_channel_take(int descriptor);

// An empty memory file, close-on-exec; -1 and errno on failure.
int downbeat_memory_file(void);

// Makes this process the parent of its orphaned descendants (1), or not (0).
int downbeat_subreaper_set(int enabled);

// ---- Processes, by /proc ----

struct downbeat_process {
    int32_t parent;
    int32_t session;
    char state;           // 'R', 'S', 'D', 'T', 'Z' …
    uint64_t start_time;  // clock ticks since boot: with the boot id and the pid, an identity
};

// Reads /proc/PID/stat; ESRCH if there is no such process.
int downbeat_process_read(int32_t pid, struct downbeat_process *process);

// Writes up to `capacity` children of `parent` to `pids` and returns how many it has.
size_t downbeat_children(int32_t parent, int32_t *pids, size_t capacity);

// SIGKILLs `pid` and its descendants once; those that fork meanwhile need another call.
// `pid` must be a child of the caller that has not been waited for.
void downbeat_tree_kill(int32_t pid);

// Waits for exactly this child without blocking: 1 reaped, 0 still runs, -1 not a child.
int downbeat_reap(int32_t pid, int *status);

// ---- Timers, events, polling, signals ----

// A CLOCK_REALTIME timer that does not block; -1 and errno on failure.
int downbeat_timer_create(void);

// Rings at an absolute time. `cancels` says on return whether a change of the clock ends the wait
// early; set it to 0 to not ask for that.
int downbeat_timer_set(int timer, int64_t seconds, int64_t nanoseconds, int *cancels);

// 0: rang. EAGAIN: has not. ECANCELED: the clock was changed.
int downbeat_timer_read(int timer);

// A counter that does not block, close-on-exec; -1 and errno on failure.
int downbeat_event_create(void);

enum { DOWNBEAT_POLL_READ = 1, DOWNBEAT_POLL_WRITE = 2, DOWNBEAT_POLL_HANGUP = 4 };

struct downbeat_ready {
    int32_t descriptor;
    uint32_t events;
};

// An epoll set; -1 and errno on failure.
int downbeat_poll_create(void);

// Watches `descriptor` for `events`, replacing what was watched; 0 events: no longer.
int downbeat_poll_set(int poll, int descriptor, uint32_t events);

// Waits up to `milliseconds` (-1: without end). Returns how many are ready, or -1 and errno;
// a signal counts as none.
int downbeat_poll_wait(int poll, struct downbeat_ready *ready, int capacity, int milliseconds);

// Blocks the signals in the calling thread (and in the threads it will start), ignores SIGPIPE, and
// gives a descriptor that reports them; -1 and errno on failure.
int downbeat_signals_open(const int *signals, size_t count);

// Whether this process ignores a signal, as it may have inherited.
int downbeat_signal_is_ignored(int signal);

// The next signal that came, 0 if none did.
int downbeat_signals_read(int descriptor);

// ---- Programs of a process that works for an attempt ----

// Starts `path` with standard input, output and errors as in `standard` (-1: /dev/null), nothing
// else open, signals as for a freshly logged-in user. Safe in a process with threads. Gives exec's
// own error.
int downbeat_program_start(
    const char *path, char *const *arguments, char *const *environment, const int *standard,
    int32_t *pid);

// Writes everything of the file system that holds an open file to the disk.
int downbeat_file_system_sync(int descriptor);

// Names the calling thread for ps and debuggers; at most 15 bytes are used.
void downbeat_thread_name(const char *name);

#endif
