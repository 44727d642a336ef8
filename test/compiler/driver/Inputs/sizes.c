/* A library of small.net at the sizes 8 and 12: sizes X8.npy X12.npy Y8.f32 Y12.f32. Returns 0 if all is well. */
#include "small.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

static float x8[SMALL_INPUT_IMAGE_ELEMENTS_8], y8[SMALL_OUTPUT_Y_ELEMENTS_8];
static float x12[SMALL_INPUT_IMAGE_ELEMENTS_12], y12[SMALL_OUTPUT_Y_ELEMENTS_12];
static const int64_t shape8[] = {1, 3, 8, 8}, shape12[] = {1, 3, 12, 12};
static int failures = 0;

static void check(int fine, const char *what) {
  if (!fine)
    printf("%s failed; last error: %s\n", what, small_last_error());
  failures += !fine;
}

/* The elements are the end of an .npy file. */
static void read_elements(const char *path, float *elements, size_t bytes) {
  FILE *file = fopen(path, "rb");
  check(file && fseek(file, -(long)bytes, SEEK_END) == 0 && fread(elements, 1, bytes, file) == bytes, path);
  if (file)
    fclose(file);
}

static void write_elements(const char *path, const float *elements, size_t bytes) {
  FILE *file = fopen(path, "wb");
  check(file && fwrite(elements, 1, bytes, file) == bytes, path);
  if (file)
    fclose(file);
}

static int run(small_context *context, const int64_t *shape, float *x, size_t x_bytes, float *y, size_t y_bytes) {
  const small_buffer input = {x, x_bytes}, output = {y, y_bytes};
  return small_run_shaped(context, &shape, &input, &output);
}

/* A context of a thread's own, whose sizes take turns. */
static void *take_turns(void *unused) {
  float first[SMALL_OUTPUT_Y_ELEMENTS_8], second[SMALL_OUTPUT_Y_ELEMENTS_12];
  static char failed;
  small_options options;
  small_context *context = NULL;
  int i, fine = 1;
  (void)unused;
  memset(&options, 0, sizeof options);
  options.size = sizeof options;
  options.version = SMALL_OPTIONS_VERSION;
  options.threads = 2;
  fine &= small_create(&options, &context) == SMALL_OK;
  for (i = 0; fine && i < 100; ++i) {
    fine &= small_infer_12(context, x12, second) == SMALL_OK && memcmp(second, y12, sizeof y12) == 0;
    fine &= run(context, shape8, x8, sizeof x8, first, sizeof first) == SMALL_OK && memcmp(first, y8, sizeof y8) == 0;
  }
  small_destroy(context);
  return fine ? NULL : &failed;
}

int main(int argc, char **argv) {
  const small_description *description = small_describe();
  const int64_t wrong[] = {1, 3, 8, 12};
  const int64_t *nothing = NULL;
  const small_buffer buffer = {x8, sizeof x8};
  static uint64_t nanoseconds[64];
  small_context *context = NULL;
  pthread_t threads[4];
  void *result;
  int i;
  if (argc != 5)
    return 2;
  read_elements(argv[1], x8, sizeof x8);
  read_elements(argv[2], x12, sizeof x12);

  check(description->size_count == 2, "size_count");
  check(description->sizes[0].size == 8 && description->sizes[1].size == 12, "the sizes");
  check(description->sizes[0].inputs[0].shape[3] == 8 && description->sizes[1].outputs[0].shape[3] == 12, "shapes");
  check(description->sizes[0].outputs[0].bytes == SMALL_OUTPUT_Y_BYTES_8, "SMALL_OUTPUT_Y_BYTES_8");
  check(description->inputs[0].bytes == SMALL_INPUT_IMAGE_BYTES_12, "the last size's inputs");
  check(description->arena_bytes <= SMALL_ARENA_BYTES, "SMALL_ARENA_BYTES");

  check(small_create(NULL, &context) == SMALL_OK, "small_create");
  check(small_infer_8(context, x8, y8) == SMALL_OK, "small_infer_8");
  check(run(context, shape12, x12, sizeof x12, y12, sizeof y12) == SMALL_OK, "small_run_shaped");
  write_elements(argv[3], y8, sizeof y8);
  write_elements(argv[4], y12, sizeof y12);

  check(run(context, wrong, x8, sizeof x8, y8, sizeof y8) == SMALL_ERROR_SHAPE, "refusing a shape");
  printf("%s\n", small_last_error());
  check(run(context, shape8, x12, sizeof x12, y8, sizeof y8) == SMALL_ERROR_SIZE, "refusing another size's input");
  printf("%s\n", small_last_error());
  check(run(context, shape8, x8, sizeof x8, y12, sizeof y12) == SMALL_ERROR_SIZE, "refusing another size's output");
  printf("%s\n", small_last_error());
  check(small_run_shaped(context, NULL, &buffer, &buffer) == SMALL_ERROR_NULL, "refusing no shapes");
  printf("%s\n", small_last_error());
  check(small_run_shaped(context, &nothing, &buffer, &buffer) == SMALL_ERROR_NULL, "refusing a shape that is NULL");
  printf("%s\n", small_last_error());
  check(small_run_shaped(NULL, &nothing, &buffer, &buffer) == SMALL_ERROR_NULL, "refusing no context");

  check(description->sizes[0].step_count <= 64 && small_profile(context, nanoseconds) == SMALL_OK, "small_profile");
  check(small_infer_8(context, x8, y8) == SMALL_OK && nanoseconds[0] > 0, "a time");
  small_destroy(context);

  for (i = 0; i < 4; ++i)
    check(pthread_create(&threads[i], NULL, take_turns, NULL) == 0, "a thread");
  for (i = 0; i < 4; ++i)
    check(pthread_join(threads[i], &result) == 0 && !result, "sizes that take turns");
  return failures ? 1 : 0;
}
