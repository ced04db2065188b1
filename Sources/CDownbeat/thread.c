#include "CDownbeat.h"

#include <sys/prctl.h>

void downbeat_thread_name(const char *name) {
    prctl(PR_SET_NAME, name, 0, 0, 0);
}
