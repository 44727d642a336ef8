#include "compiler/tools/Peak.h"
#include <algorithm>
#include <chrono>
#include <cstdint>

// Each level of the CPU needs a function of its own, compiled for it; the body is the same.
#define FOVEA_DEFINE_MULTIPLY_ADDS(name, bytes, attribute)                                                             \
  attribute static float name(int64_t rounds) {                                                                        \
    using Vector __attribute__((vector_size(bytes))) = float;                                                          \
    Vector factor = Vector{} + 0.5f, term = Vector{} + 1.0f, sums[independent];                                        \
    for (int i = 0; i < independent; ++i) /* not from 2, which stays 2 and needs no instruction */                     \
      sums[i] = Vector{} + static_cast<float>(i + 3);                                                                  \
    for (int64_t round = 0; round < rounds; ++round)                                                                   \
      for (int i = 0; i < independent; ++i)                                                                            \
        sums[i] = sums[i] * factor + term;                                                                             \
    for (int i = 1; i < independent; ++i)                                                                              \
      sums[0] += sums[i];                                                                                              \
    return sums[0][0];                                                                                                 \
  }

/// Sums that do not wait for each other: latency times throughput of a multiply-add is at most 10.
static constexpr int independent = 12;

namespace {
struct Level {
  float (*multiplyAdds)(int64_t rounds);
  int64_t lanes;
};
} // namespace

#if defined(__x86_64__)
FOVEA_DEFINE_MULTIPLY_ADDS(multiplyAdds4, 16, )
FOVEA_DEFINE_MULTIPLY_ADDS(multiplyAdds8, 32, __attribute__((target("avx2,fma"))))
FOVEA_DEFINE_MULTIPLY_ADDS(multiplyAdds16, 64, __attribute__((target("avx512f"))))

static Level bestLevel() {
  if (__builtin_cpu_supports("avx512f"))
    return {multiplyAdds16, 16};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return {multiplyAdds8, 8};
  return {multiplyAdds4, 4};
}
#else
FOVEA_DEFINE_MULTIPLY_ADDS(multiplyAdds4, 16, )

static Level bestLevel() { return {multiplyAdds4, 4}; }
#endif

double fovea::measurePeak() {
  using Clock = std::chrono::steady_clock;
  constexpr int64_t rounds = 100000;
  constexpr int trials = 40;
  Level level = bestLevel();
  volatile float kept = 0; // the compiler must not find the sums unused
  double best = 0;
  for (int trial = 0; trial < trials; ++trial) {
    Clock::time_point start = Clock::now();
    kept = level.multiplyAdds(rounds);
    double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    best = std::max(best, 2.0 * static_cast<double>(level.lanes * independent * rounds) / seconds * 1e-9);
  }
  return kept == 0 ? 0 : best;
}
