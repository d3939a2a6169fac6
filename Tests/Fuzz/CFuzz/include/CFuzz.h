/// What Swift cannot reach of a fuzz run: libFuzzer's driver, and the face detector's C++.
#ifndef CFUZZ_H
#define CFUZZ_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// libFuzzer, which comes with the compiler: runs `test` on inputs until its arguments say that it is enough.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*test)(const uint8_t *data, size_t size));

/// Builds a network of OpenCV's layers from the bytes and has the face detector's reader turn it into a plan. What the
/// reader refuses is an answer; what it takes is run once.
void fuzz_model_graph(const uint8_t *data, size_t size);

#ifdef __cplusplus
}
#endif

#endif
