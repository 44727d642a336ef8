#include "runtime/cpu.h"

#include <stdio.h>

/* In place, so that the table needs no relocation. */
#define NAME(identifier, name, bit, ...) [bit] = name,
static const char feature_names[FOVEA_CPU_BIT_COUNT][16] = {FOVEA_CPU_X86_FEATURES(NAME) FOVEA_CPU_ARM_FEATURES(NAME)};

#if defined(__x86_64__)
#include <cpuid.h>

typedef struct feature {
  uint32_t leaf, subleaf;
  unsigned bit, reg, position, state;
} feature;

enum { EAX, EBX, ECX, EDX };
/* Bits of XCR0 that the operating system sets when it saves the registers on a context switch. */
enum { NONE = 0, YMM = 0x06, ZMM = 0xe6 };

#define FEATURE(identifier, name, bit, leaf, subleaf, reg, position, state) {leaf, subleaf, bit, reg, position, state},
static const feature features[] = {FOVEA_CPU_X86_FEATURES(FEATURE)};

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
  for (size_t i = 0; i < sizeof features / sizeof *features; ++i) {
    const feature *f = &features[i];
    if (f->leaf != leaf || f->subleaf != subleaf) {
      leaf = f->leaf;
      subleaf = f->subleaf;
      if (!__get_cpuid_count(leaf, subleaf, &r[EAX], &r[EBX], &r[ECX], &r[EDX]))
        r[EAX] = r[EBX] = r[ECX] = r[EDX] = 0;
    }
    if ((r[f->reg] >> f->position & 1) && (state & f->state) == f->state)
      result |= UINT64_C(1) << f->bit;
  }
  return result;
}
#elif defined(__aarch64__)
#include <sys/auxv.h>

/* The operating system says which features it lets programs use. */
uint64_t fovea_cpu_features(void) {
  const unsigned long capabilities = getauxval(AT_HWCAP);
  uint64_t result = 0;
#define FEATURE(identifier, name, bit, capability) result |= (uint64_t)(capabilities >> capability & 1) << bit;
  FOVEA_CPU_ARM_FEATURES(FEATURE)
  return result;
}
#else
#error "no check of CPU features for this architecture"
#endif

void fovea_cpu_names(uint64_t missing, char *text, size_t bytes) {
  size_t used = 0;
  text[0] = '\0';
  for (unsigned bit = 0; bit < 64; ++bit) {
    if (!(missing >> bit & 1))
      continue;
    const char *separator = used ? ", " : "";
    int length = bit < FOVEA_CPU_BIT_COUNT ? snprintf(text + used, bytes - used, "%s%s", separator, feature_names[bit])
                                           : snprintf(text + used, bytes - used, "%sfeature bit %u", separator, bit);
    if (length < 0 || (size_t)length >= bytes - used) {
      text[used] = '\0';
      return;
    }
    used += (size_t)length;
  }
}
