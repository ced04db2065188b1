// What the files of this target share.

#ifndef DOWNBEAT_INTERNAL_H
#define DOWNBEAT_INTERNAL_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include "CDownbeat.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Fixed descriptors of keeper and reaper: the keeper reserves all of them at its start, so that
// what it receives is always at or above DESCRIPTOR_FIRST_FREE and moving it down never collides.
enum {
    DESCRIPTOR_SOCKET = 3,
    DESCRIPTOR_LOCK = 4,
    DESCRIPTOR_CONTROL = 5,
    DESCRIPTOR_REQUEST = 6,
    DESCRIPTOR_OUTPUT = 7,
    DESCRIPTOR_ERRORS = 8,
    DESCRIPTOR_CHANNEL = 9,
    DESCRIPTOR_FIRST_FREE = 10,
};

// Bytes on the pipe from keeper to reaper; its end means KILL.
enum { CONTROL_TERM = 'T', CONTROL_KILL = 'K' };

// Exit statuses of the keeper that say what went wrong.
enum {
    KEEPER_EXIT_USAGE = 64,
    KEEPER_EXIT_SYSTEM = 71,
    KEEPER_EXIT_PROTOCOL = 76,
};

// descriptors.c
void close_from(int first);
bool take_null_device(int descriptor);
bool take_input(const char *text);

// means.c
void means_disable(uint32_t means);
bool means_have(uint32_t means);

// signals.c
void signals_reset(void);
int signals_watch_children(void);
void signals_drain(int descriptor);

// tree.c: a snapshot of processes below one.
struct tree {
    pid_t *pids;
    size_t count;
    size_t capacity;
};

void tree_clear(struct tree *tree);
bool tree_contains(const struct tree *tree, pid_t pid);
bool tree_add(struct tree *tree, pid_t pid);
void tree_add_children(struct tree *tree, pid_t parent);
void tree_add_descendants(struct tree *tree);
void tree_signal(const struct tree *tree, int signal);
void tree_signal_among(const struct tree *some, const struct tree *all, int signal);

// report.c
int report_send(const struct downbeat_report *report);
void report_send_waiting(const struct downbeat_report *report);

// request.c: a decoded spawn request; the strings lie in the mapped memory file.
struct request {
    char **arguments;
    char **environment;
    const char *directory;  // NULL: stay
    const char *input;      // NULL: nothing
    bool has_user;
    uid_t user;
    gid_t group;
    gid_t *groups;
    size_t group_count;
    bool is_child;
    void *mapping;
    size_t mapping_bytes;
};

int request_read(int descriptor, struct request *request);
void request_free(struct request *request);

// spawn.c: what the child writes to the failure pipe.
struct failure {
    int32_t error;
    uint32_t stage;
};

_Noreturn void spawn_child(const struct request *request, int failure_pipe, pid_t reaper);

// reaper.c
_Noreturn void reaper_main(uint64_t key, bool has_channel);

#endif
