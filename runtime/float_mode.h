/* The floating-point mode in which kernels run: round to nearest, no flushing of denormals, no traps. Set on every
 * thread that runs kernels, so that results depend neither on the caller's mode nor on which thread ran a task. */
#ifndef FOVEA_RUNTIME_FLOAT_MODE_H
#define FOVEA_RUNTIME_FLOAT_MODE_H

#include <stdint.h>

#if defined(__x86_64__)
#include <xmmintrin.h>
/* Sets the mode and returns the one before. 0x1f80: MXCSR after reset, Intel SDM volume 1, 10.2.3. */
static inline uint64_t fovea_float_mode_set(void) {
  uint32_t before = _mm_getcsr();
  _mm_setcsr(0x1f80);
  return before;
}
static inline void fovea_float_mode_restore(uint64_t before) { _mm_setcsr((uint32_t)before); }
#elif defined(__aarch64__)
static inline void fovea_float_mode_restore(uint64_t mode) { __asm__ volatile("msr fpcr, %0" : : "r"(mode)); }
static inline uint64_t fovea_float_mode_set(void) {
  uint64_t before;
  __asm__ volatile("mrs %0, fpcr" : "=r"(before));
  fovea_float_mode_restore(0);
  return before;
}
#else
#error "no floating-point mode for this architecture"
#endif

#endif
