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

/// Has the face detector read the bytes as the plan of a network, as they are and with the checks of a plan corrected. What is
/// refused is an answer; what is taken is run twice, and must give the same twice: nothing may be left where others read
/// zeros.
void fuzz_model_plan(const uint8_t *data, size_t size);

#ifdef __cplusplus
}
#endif

#endif
