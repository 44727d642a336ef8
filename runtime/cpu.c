#include "runtime/cpu.h"

#include <stdio.h>

typedef struct feature {
  char name[16]; /* in place, so that the table needs no relocation */
  uint32_t leaf, subleaf;
  unsigned reg, position, state;
} feature;

enum { EAX, EBX, ECX, EDX };
/* Bits of XCR0 that the operating system sets when it saves the registers on a context switch. */
enum { NONE = 0, YMM = 0x06, ZMM = 0xe6 };

#define FEATURE(identifier, name, bit, leaf, subleaf, reg, position, state)                                            \
  [bit] = {name, leaf, subleaf, reg, position, state},
static const feature features[FOVEA_CPU_BIT_COUNT] = {FOVEA_CPU_FEATURES(FEATURE)};

#if defined(__x86_64__)
#include <cpuid.h>

/* The state that the operating system saves. XGETBV as an instruction: the intrinsic wants a build for xsave. */
static uint64_t saved_state(void) {
  unsigned r[4];
  if (!__get_cpuid(1, &r[EAX], &r[EBX], &r[ECX], &r[EDX]) || !(r[ECX] & bit_OSXSAVE))
    return 0;
  uint32_t low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (uint64_t)high << 32 | low;
}

uint64_t fovea_cpu_features(void) {
  const uint64_t state = saved_state();
  uint64_t result = 0;
  uint32_t leaf = 0, subleaf = 0;
  unsigned r[4] = {0};
  for (unsigned bit = 0; bit < FOVEA_CPU_BIT_COUNT; ++bit) {
    const feature *f = &features[bit];
    if (f->leaf != leaf || f->subleaf != subleaf) {
      leaf = f->leaf;
      subleaf = f->subleaf;
      if (!__get_cpuid_count(leaf, subleaf, &r[EAX], &r[EBX], &r[ECX], &r[EDX]))
        r[EAX] = r[EBX] = r[ECX] = r[EDX] = 0;
    }
    if ((r[f->reg] >> f->position & 1) && (state & f->state) == f->state)
      result |= UINT64_C(1) << bit;
  }
  return result;
}
#else
/* The other targets are compiled for their base line (on AArch64: NEON) and need no feature. */
uint64_t fovea_cpu_features(void) { return 0; }
#endif

void fovea_cpu_names(uint64_t missing, char *text, size_t bytes) {
  size_t used = 0;
  text[0] = '\0';
  for (unsigned bit = 0; bit < 64; ++bit) {
    if (!(missing >> bit & 1))
      continue;
    const char *separator = used ? ", " : "";
    int length = bit < FOVEA_CPU_BIT_COUNT ? snprintf(text + used, bytes - used, "%s%s", separator, features[bit].name)
                                           : snprintf(text + used, bytes - used, "%sfeature bit %u", separator, bit);
    if (length < 0 || (size_t)length >= bytes - used) {
      text[used] = '\0';
      return;
    }
    used += (size_t)length;
  }
}
