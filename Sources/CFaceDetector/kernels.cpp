#include "kernels.h"

#include <algorithm>
#include <cstring>

// The same loops for each kind of processor, written with the vectors of GCC and Clang: a block is one register of
// AVX-512, or two of AVX2. A tile's sums, the weights and a value have to fit into the registers.

#if defined(__x86_64__)

#define EXAMFACE_KERNELS avx512
#define EXAMFACE_TILE_PIXELS 8
#define EXAMFACE_TILE_VECTORS 3
#define EXAMFACE_LANES 16
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"), min_vector_width(512))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("arch=x86-64-v4,prefer-vector-width=512")
#endif
#include "kernels_body.h"
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#define EXAMFACE_KERNELS avx2
#define EXAMFACE_TILE_PIXELS 4
#define EXAMFACE_TILE_VECTORS 3
#define EXAMFACE_LANES 8
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("arch=x86-64-v3")
#endif
#include "kernels_body.h"
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#endif

namespace examface {

const Kernels *kernels() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v4")) {
    return &avx512::kKernels;
  }
  if (__builtin_cpu_supports("x86-64-v3")) {
    return &avx2::kKernels;
  }
#endif
  return nullptr;
}

}  // namespace examface
