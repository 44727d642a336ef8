/* Weights that are not in the library but in a file beside it, which contexts of any process share as mapped memory. */
#define _GNU_SOURCE
#include "runtime/context.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static uint64_t file_bytes(const fovea_description *description) {
  return FOVEA_WEIGHTS_OFFSET + description->weight_bytes;
}

/* Checks the open file and maps it. */
static int map_file(fovea_context *context, const char *path, int file) {
  const fovea_description *description = &context->model->description;
  const uint64_t expected = file_bytes(description);
  fovea_weights_header header;
  struct stat status;
  if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode) ||
      pread(file, &header, sizeof header, 0) != (ssize_t)sizeof header ||
      memcmp(header.magic, FOVEA_WEIGHTS_MAGIC, sizeof header.magic) != 0)
    return fovea_fail(FOVEA_ERROR_WEIGHTS, "'%.160s' is not a file with weights", path);
  if (header.identity != description->weights_identity || header.bytes != description->weight_bytes)
    return fovea_fail(FOVEA_ERROR_WEIGHTS,
                      "the weights in '%.100s' are not of this library: compile its network with them again", path);
  if ((uint64_t)status.st_size != expected)
    return fovea_fail(FOVEA_ERROR_WEIGHTS, "'%.120s' has %llu bytes; expected %llu", path,
                      (unsigned long long)status.st_size, (unsigned long long)expected);
  void *memory = mmap(NULL, expected, PROT_READ, MAP_SHARED, file, 0);
  if (memory == MAP_FAILED)
    return fovea_fail(FOVEA_ERROR_MEMORY, "cannot map '%.120s' (error %d)", path, errno);
  context->weights = memory;
  context->inputs[description->input_count] = context->weights + FOVEA_WEIGHTS_OFFSET;
  return FOVEA_OK;
}

int fovea_map_weights(fovea_context *context, const char *path) {
  const fovea_description *description = &context->model->description;
  if (!path)
    return fovea_fail(FOVEA_ERROR_WEIGHTS, "the weights are in a file, which the options have to name: %s.weights",
                      description->name);
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return fovea_fail(FOVEA_ERROR_WEIGHTS, "cannot open '%.120s' with the weights (error %d)", path, errno);
  const int code = map_file(context, path, file);
  close(file);
  return code;
}

void fovea_unmap_weights(fovea_context *context) {
  if (context->weights)
    munmap((void *)(uintptr_t)context->weights, file_bytes(&context->model->description));
}
