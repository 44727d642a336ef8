/* Variants of two kernels of six numbers, y = scale * x and y = x + shift, as Halide's `_argv` functions. */
#include <stdint.h>
#include <time.h>

typedef struct buffer {
  uint64_t device;
  const void *device_interface;
  float *host;
} buffer;

static int scale(void **arguments, float error) {
  const buffer *x = arguments[1], *weight = arguments[2], *y = arguments[3];
  for (int i = 0; i < 6; ++i)
    y->host[i] = x->host[i] * weight->host[i % 3] * (1 + error);
  return 0;
}

int own_scale_argv(void **arguments) { return scale(arguments, 0); }
int same_scale_argv(void **arguments) { return scale(arguments, 0); }
int close_scale_argv(void **arguments) { return scale(arguments, 1e-6f); }
int wrong_scale_argv(void **arguments) { return scale(arguments, 0.01f); }
int failing_scale_argv(void **arguments) { return arguments ? -1 : 0; }

int lazy_scale_argv(void **arguments) {
  (void)arguments; /* leaves the results as they were */
  return 0;
}

int crashing_scale_argv(void **arguments) {
  *(volatile int *)(uintptr_t)(arguments ? 8 : 0) = 1;
  return 0;
}

int writing_beyond_scale_argv(void **arguments) {
  ((const buffer *)arguments[3])->host[6] = 0;
  return scale(arguments, 0);
}

int reading_beyond_scale_argv(void **arguments) {
  volatile float beyond = ((const buffer *)arguments[1])->host[6];
  return scale(arguments, 0 * beyond);
}

int slow_scale_argv(void **arguments) {
  const struct timespec millisecond = {0, 1000000};
  nanosleep(&millisecond, 0);
  return scale(arguments, 0);
}

int own_shift_argv(void **arguments) {
  const buffer *x = arguments[1], *weight = arguments[2], *y = arguments[3];
  for (int i = 0; i < 6; ++i)
    y->host[i] = x->host[i] + weight->host[i % 3];
  return 0;
}
