/* CPU features that a library may need, by bit, and the check for them. */
#ifndef FOVEA_RUNTIME_CPU_H
#define FOVEA_RUNTIME_CPU_H

#include <stddef.h>
#include <stdint.h>

/* Bits are part of the ABI: never reuse one.
 *
 * X(identifier, name, bit, cpuid leaf, subleaf, register, bit of the register, state the system must save)
 * Source: Intel SDM volume 2A, CPUID; AMD64 APM volume 3, appendix E. */
#define FOVEA_CPU_X86_FEATURES(X)                                                                                      \
  X(SSSE3, "ssse3", 0, 1, 0, ECX, 9, NONE)                                                                             \
  X(SSE4_1, "sse4.1", 1, 1, 0, ECX, 19, NONE)                                                                          \
  X(SSE4_2, "sse4.2", 2, 1, 0, ECX, 20, NONE)                                                                          \
  X(POPCNT, "popcnt", 3, 1, 0, ECX, 23, NONE)                                                                          \
  X(AVX, "avx", 4, 1, 0, ECX, 28, YMM)                                                                                 \
  X(F16C, "f16c", 5, 1, 0, ECX, 29, YMM)                                                                               \
  X(FMA, "fma", 6, 1, 0, ECX, 12, YMM)                                                                                 \
  X(MOVBE, "movbe", 7, 1, 0, ECX, 22, NONE)                                                                            \
  X(AVX2, "avx2", 8, 7, 0, EBX, 5, YMM)                                                                                \
  X(BMI1, "bmi1", 9, 7, 0, EBX, 3, NONE)                                                                               \
  X(BMI2, "bmi2", 10, 7, 0, EBX, 8, NONE)                                                                              \
  X(LZCNT, "lzcnt", 11, 0x80000001, 0, ECX, 5, NONE)                                                                   \
  X(AVX512F, "avx512f", 12, 7, 0, EBX, 16, ZMM)                                                                        \
  X(AVX512CD, "avx512cd", 13, 7, 0, EBX, 28, ZMM)                                                                      \
  X(AVX512BW, "avx512bw", 14, 7, 0, EBX, 30, ZMM)                                                                      \
  X(AVX512DQ, "avx512dq", 15, 7, 0, EBX, 17, ZMM)                                                                      \
  X(AVX512VL, "avx512vl", 16, 7, 0, EBX, 31, ZMM)                                                                      \
  X(AVX512IFMA, "avx512ifma", 17, 7, 0, EBX, 21, ZMM)                                                                  \
  X(AVX512VBMI, "avx512vbmi", 18, 7, 0, ECX, 1, ZMM)                                                                   \
  X(AVX512VBMI2, "avx512vbmi2", 19, 7, 0, ECX, 6, ZMM)                                                                 \
  X(AVX512VNNI, "avx512vnni", 20, 7, 0, ECX, 11, ZMM)                                                                  \
  X(AVX512BITALG, "avx512bitalg", 21, 7, 0, ECX, 12, ZMM)                                                              \
  X(AVX512VPOPCNTDQ, "avx512vpopcntdq", 22, 7, 0, ECX, 14, ZMM)                                                        \
  X(AVX512BF16, "avx512bf16", 23, 7, 1, EAX, 5, ZMM)                                                                   \
  X(GFNI, "gfni", 24, 7, 0, ECX, 8, NONE)                                                                              \
  X(SSE4A, "sse4a", 25, 0x80000001, 0, ECX, 6, NONE)                                                                   \
  X(AVXVNNI, "avxvnni", 26, 7, 1, EAX, 4, YMM)                                                                         \
  X(AVX512FP16, "avx512fp16", 27, 7, 0, EDX, 23, ZMM)

/* X(identifier, name, bit, bit of AT_HWCAP). Source: Linux, Documentation/arch/arm64/elf_hwcaps.rst. */
#define FOVEA_CPU_ARM_FEATURES(X)                                                                                      \
  X(FP, "fp", 28, 0)                                                                                                   \
  X(ASIMD, "asimd", 29, 1)

#define FOVEA_CPU_ENUMERATOR(identifier, name, bit, ...) FOVEA_CPU_##identifier = bit,
enum fovea_cpu_bit {
  FOVEA_CPU_X86_FEATURES(FOVEA_CPU_ENUMERATOR) FOVEA_CPU_ARM_FEATURES(FOVEA_CPU_ENUMERATOR) FOVEA_CPU_BIT_COUNT
};
#undef FOVEA_CPU_ENUMERATOR

#define FOVEA_CPU_MASK(identifier) (UINT64_C(1) << FOVEA_CPU_##identifier)

/* What code for a whole level of x86-64 may use, instructions that LLVM picks by itself (bmi2, lzcnt, ...) included. */
#define FOVEA_CPU_LEVEL_SSE41 (FOVEA_CPU_MASK(SSSE3) | FOVEA_CPU_MASK(SSE4_1))
#define FOVEA_CPU_LEVEL_AVX                                                                                            \
  (FOVEA_CPU_LEVEL_SSE41 | FOVEA_CPU_MASK(SSE4_2) | FOVEA_CPU_MASK(POPCNT) | FOVEA_CPU_MASK(AVX))
#define FOVEA_CPU_LEVEL_HASWELL                                                                                        \
  (FOVEA_CPU_LEVEL_AVX | FOVEA_CPU_MASK(F16C) | FOVEA_CPU_MASK(FMA) | FOVEA_CPU_MASK(MOVBE) | FOVEA_CPU_MASK(AVX2) |   \
   FOVEA_CPU_MASK(BMI1) | FOVEA_CPU_MASK(BMI2) | FOVEA_CPU_MASK(LZCNT))
#define FOVEA_CPU_LEVEL_SKYLAKE_AVX512                                                                                 \
  (FOVEA_CPU_LEVEL_HASWELL | FOVEA_CPU_MASK(AVX512F) | FOVEA_CPU_MASK(AVX512CD) | FOVEA_CPU_MASK(AVX512BW) |           \
   FOVEA_CPU_MASK(AVX512DQ) | FOVEA_CPU_MASK(AVX512VL))
#define FOVEA_CPU_LEVEL_CANNONLAKE                                                                                     \
  (FOVEA_CPU_LEVEL_SKYLAKE_AVX512 | FOVEA_CPU_MASK(AVX512IFMA) | FOVEA_CPU_MASK(AVX512VBMI))
#define FOVEA_CPU_LEVEL_ZEN4                                                                                           \
  (FOVEA_CPU_LEVEL_CANNONLAKE | FOVEA_CPU_MASK(AVX512VBMI2) | FOVEA_CPU_MASK(AVX512VNNI) |                             \
   FOVEA_CPU_MASK(AVX512BITALG) | FOVEA_CPU_MASK(AVX512VPOPCNTDQ) | FOVEA_CPU_MASK(AVX512BF16) |                       \
   FOVEA_CPU_MASK(GFNI) | FOVEA_CPU_MASK(SSE4A))
#define FOVEA_CPU_LEVEL_SAPPHIRE_RAPIDS                                                                                \
  ((FOVEA_CPU_LEVEL_ZEN4 & ~FOVEA_CPU_MASK(SSE4A)) | FOVEA_CPU_MASK(AVXVNNI) | FOVEA_CPU_MASK(AVX512FP16))
/* AArch64 with its vector unit, NEON. */
#define FOVEA_CPU_LEVEL_NEON (FOVEA_CPU_MASK(FP) | FOVEA_CPU_MASK(ASIMD))

#ifdef __cplusplus
extern "C" {
#endif

/* Features that this CPU has and its operating system supports. */
uint64_t fovea_cpu_features(void);

/* Writes the names of the features in `features`, separated by ", ", into text[0..bytes) and ends it with a NUL; what
 * does not fit is left out. A bit without a name is written as "feature bit N". */
void fovea_cpu_names(uint64_t features, char *text, size_t bytes);

#ifdef __cplusplus
}
#endif

#endif
