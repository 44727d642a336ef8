/* Runs one kernel for kernel-check, compiled for another architecture: run_kernel KERNEL.so SYMBOL FILE
 * The file holds a buffer after the other: rank, type code and bits, the sizes from the innermost on, each as int64_t,
 * then the elements. They are written back as the kernel leaves them. Returns the kernel's code. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MOST_BUFFERS = 32, MOST_RANK = 8, FAILED = 100 };

typedef struct dimension {
  int32_t min, extent, stride;
  uint32_t flags;
} dimension;

typedef struct buffer {
  uint64_t device;
  void *device_interface, *host;
  uint64_t flags;
  uint8_t code, bits;
  uint16_t lanes;
  int32_t rank;
  dimension *dimensions;
  void *padding;
} buffer;

int halide_do_par_for(void *context, int (*task)(void *, int, uint8_t *), int first, int count, uint8_t *closure) {
  for (int i = first; i < first + count; ++i) {
    int error = task(context, i, closure);
    if (error)
      return error;
  }
  return 0;
}
void *halide_malloc(void *context, size_t bytes) {
  (void)context;
  return aligned_alloc(128, (bytes + 255) / 128 * 128);
}
void halide_free(void *context, void *memory) {
  (void)context;
  free(memory);
}
int halide_error_out_of_memory(void *context) {
  (void)context;
  return -1;
}

int main(int argc, char **argv) {
  static buffer buffers[MOST_BUFFERS];
  static dimension dimensions[MOST_BUFFERS][MOST_RANK];
  static long begins[MOST_BUFFERS];
  static size_t sizes[MOST_BUFFERS];
  void *context = NULL, *arguments[MOST_BUFFERS + 1] = {&context};
  FILE *file = argc == 4 ? fopen(argv[3], "r+b") : NULL;
  void *library = argc == 4 ? dlopen(argv[1], RTLD_NOW) : NULL, *symbol = library ? dlsym(library, argv[2]) : NULL;
  if (!file || !symbol) {
    fprintf(stderr, "run_kernel: %s\n", dlerror());
    return FAILED;
  }
  int count = 0;
  for (int64_t head[3]; count < MOST_BUFFERS && fread(head, sizeof head, 1, file) == 1; ++count) {
    buffer *b = &buffers[count];
    b->rank = (int32_t)head[0];
    b->code = (uint8_t)head[1];
    b->bits = (uint8_t)head[2];
    b->lanes = 1;
    b->dimensions = dimensions[count];
    int64_t elements = 1;
    for (int d = 0; d < b->rank && d < MOST_RANK; ++d) {
      int64_t size;
      if (fread(&size, sizeof size, 1, file) != 1)
        return FAILED;
      dimensions[count][d] = (dimension){0, (int32_t)size, (int32_t)elements, 0};
      elements *= size;
    }
    /* The last byte is followed by a page that must not be touched. */
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), bytes = (size_t)elements * b->bits / 8;
    const size_t mapped = (bytes + page - 1) / page * page;
    char *memory = mmap(NULL, mapped + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED || mprotect(memory + mapped, page, PROT_NONE))
      return FAILED;
    b->host = memory + mapped - bytes;
    begins[count] = ftell(file);
    sizes[count] = bytes;
    if (fread(b->host, 1, bytes, file) != bytes)
      return FAILED;
    arguments[count + 1] = b;
  }
  int (*kernel)(void **);
  memcpy(&kernel, &symbol, sizeof kernel);
  const int code = kernel(arguments);
  for (int i = 0; i < count; ++i) {
    if (fseek(file, begins[i], SEEK_SET) || fwrite(buffers[i].host, 1, sizes[i], file) != sizes[i])
      return FAILED;
  }
  return fclose(file) || code ? FAILED : 0;
}
