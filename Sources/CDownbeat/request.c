// Decoding a spawn request. It comes from the service, which is trusted, yet every count and length
// is checked: a mistake there must fail one attempt, not the keeper.

#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

// Takes the next string; NULL when the rest of the request does not hold one.
static char *next_string(char **at, const char *end) {
    if (*at >= end) return NULL;
    char *nul = memchr(*at, '\0', (size_t)(end - *at));
    if (nul == NULL) return NULL;
    char *string = *at;
    *at = nul + 1;
    return string;
}

static char **next_strings(char **at, const char *end, size_t count) {
    if (count > (size_t)(end - *at)) return NULL;
    char **strings = calloc(count + 1, sizeof *strings);
    if (strings == NULL) return NULL;
    for (size_t index = 0; index < count; index++) {
        strings[index] = next_string(at, end);
        if (strings[index] == NULL) {
            free(strings);
            return NULL;
        }
    }
    return strings;
}

static int decode(struct request *request) {
    struct downbeat_spawn_header header;
    char *at = request->mapping;
    const char *end = at + request->mapping_bytes;
    memcpy(&header, at, sizeof header);
    at += sizeof header;
    size_t group_bytes = (size_t)header.group_count * sizeof(gid_t);
    if (group_bytes > (size_t)(end - at) || header.argument_count == 0) return EBADMSG;
    request->has_user = header.has_user != 0;
    request->is_child = header.is_child != 0;
    request->user = header.user;
    request->group = header.group;
    request->groups = (gid_t *)(void *)at;
    request->group_count = header.group_count;
    at += group_bytes;
    request->arguments = next_strings(&at, end, header.argument_count);
    if (request->arguments == NULL) return EBADMSG;
    request->environment = next_strings(&at, end, header.environment_count);
    if (request->environment == NULL) return EBADMSG;
    if (header.has_directory != 0) {
        request->directory = next_string(&at, end);
        if (request->directory == NULL) return EBADMSG;
    }
    if (header.has_input != 0) {
        request->input = next_string(&at, end);
        if (request->input == NULL) return EBADMSG;
    }
    return at == end ? 0 : EBADMSG;
}

int request_read(int descriptor, struct request *request) {
    *request = (struct request){0};
    struct stat information;
    if (fstat(descriptor, &information) != 0) return errno;
    if (information.st_size < (off_t)sizeof(struct downbeat_spawn_header)
        || information.st_size > DOWNBEAT_SPAWN_BYTES_MAX)
        return EBADMSG;
    request->mapping_bytes = (size_t)information.st_size;
    request->mapping = mmap(
        NULL, request->mapping_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE, descriptor, 0);
    if (request->mapping == MAP_FAILED) {
        request->mapping = NULL;
        return errno;
    }
    return decode(request);
}

void request_free(struct request *request) {
    free(request->arguments);
    free(request->environment);
    if (request->mapping != NULL) munmap(request->mapping, request->mapping_bytes);
    *request = (struct request){0};
}
