/* Ten networks in one process, all alive at once: linked, or with -DLOAD loaded from ./libnetN.so. C99 and C++17.
 * Reads image.f32, writes netN.f32. Returns 0 if all is well. */
#include "net0.h"
#include "net1.h"
#include "net2.h"
#include "net3.h"
#include "net4.h"
#include "net5.h"
#include "net6.h"
#include "net7.h"
#include "net8.h"
#include "net9.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALL(X) X(net0) X(net1) X(net2) X(net3) X(net4) X(net5) X(net6) X(net7) X(net8) X(net9)

static float image[NET0_INPUT_IMAGE_ELEMENTS], result[NET0_OUTPUT_Y_ELEMENTS];
static long allocations;

static void check(int fine, const char *what) {
  if (fine)
    return;
  fprintf(stderr, "failed: %s\n", what);
  exit(1);
}

#ifdef LOAD
#define FUNCTION(net, name, result, arguments)                                                                         \
  static result(*net##_##name##_) arguments;                                                                           \
  static void find_##net##_##name(void *library) {                                                                     \
    void *address = dlsym(library, #net "_" #name);                                                                    \
    check(address && !dlsym(RTLD_DEFAULT, #net "_" #name), #net "_" #name);                                            \
    memcpy(&net##_##name##_, &address, sizeof address);                                                                \
  }
#define CALL(net, name) net##_##name##_
#define OPEN(net)                                                                                                      \
  library_##net = dlopen("./lib" #net ".so", RTLD_NOW | RTLD_LOCAL);                                                   \
  check(library_##net != NULL, "dlopen " #net);                                                                        \
  find_##net##_create(library_##net);                                                                                  \
  find_##net##_run(library_##net);                                                                                     \
  find_##net##_destroy(library_##net);
#define CLOSE(net) check(dlclose(library_##net) == 0, "dlclose " #net);
#else
#define FUNCTION(net, name, result, arguments)
#define CALL(net, name) net##_##name
#define OPEN(net)
#define CLOSE(net)
#ifdef COUNT
/* Instead of the C library's, by the linker's --wrap. */
void *__real_aligned_alloc(size_t alignment, size_t bytes);
void *__wrap_aligned_alloc(size_t alignment, size_t bytes);
void *__wrap_aligned_alloc(size_t alignment, size_t bytes) {
  ++allocations;
  return __real_aligned_alloc(alignment, bytes);
}
#endif
#endif

#define USE(net)                                                                                                       \
  FUNCTION(net, create, int, (const net##_options *, net##_context **))                                                \
  FUNCTION(net, run, int, (net##_context *, const net##_buffer *, const net##_buffer *))                               \
  FUNCTION(net, destroy, void, (net##_context *))                                                                      \
  static net##_context *context_##net;                                                                                 \
  static void *library_##net;                                                                                          \
  static void start_##net(void) {                                                                                      \
    net##_options options;                                                                                             \
    memset(&options, 0, sizeof options);                                                                               \
    options.size = sizeof options;                                                                                     \
    options.version = 1;                                                                                               \
    options.threads = 2;                                                                                               \
    OPEN(net)                                                                                                          \
    check(CALL(net, create)(&options, &context_##net) == 0, #net);                                                     \
  }                                                                                                                    \
  static void run_##net(void) {                                                                                        \
    net##_buffer input, output;                                                                                        \
    FILE *file = fopen(#net ".f32", "wb");                                                                             \
    input.data = image;                                                                                                \
    input.bytes = sizeof image;                                                                                        \
    output.data = result;                                                                                              \
    output.bytes = sizeof result;                                                                                      \
    check(file && CALL(net, run)(context_##net, &input, &output) == 0, #net);                                          \
    check(fwrite(result, 1, sizeof result, file) == sizeof result && fclose(file) == 0, "writing");                    \
  }                                                                                                                    \
  static void end_##net(void) {                                                                                        \
    CALL(net, destroy)(context_##net);                                                                                 \
    (void)library_##net;                                                                                               \
    CLOSE(net)                                                                                                         \
  }
ALL(USE)

#define START(net) start_##net();
#define RUN(net) run_##net();
#define END(net) end_##net();

int main(void) {
  FILE *file = fopen("image.f32", "rb");
  check(file && fread(image, 1, sizeof image, file) == sizeof image, "image.f32");
  fclose(file);
  ALL(START)
#ifdef COUNT
  check(allocations >= 10, "counting");
#endif
  allocations = 0;
  ALL(RUN)
  ALL(RUN)
  check(allocations == 0, "no allocation in a run");
  ALL(END)
  return 0;
}
