#include "runtime/embedded.h"

#include <string.h>

extern const unsigned char fovea_runtime_x86_64[], fovea_runtime_x86_64_end[];
extern const unsigned char fovea_runtime_arm64[], fovea_runtime_arm64_end[];

const unsigned char *fovea_embedded_runtime(const char *triple, size_t *bytes) {
  const int arm = strncmp(triple, "aarch64", 7) == 0;
  const unsigned char *begin = arm ? fovea_runtime_arm64 : fovea_runtime_x86_64;
  *bytes = (size_t)((arm ? fovea_runtime_arm64_end : fovea_runtime_x86_64_end) - begin);
  return begin;
}
