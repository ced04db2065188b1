#pragma once

#include <stddef.h>
#include <stdint.h>

/// libFuzzer as a function (LLVM, "Using libFuzzer as a library"): reads its flags and runs `body` on
/// one input after the other.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*body)(const uint8_t *data, size_t size));
