/* A program of a user of the toy library, in strict C99; also compiled as C++17. Returns 0 if all is well. */
#include "toy.h"

#include <stdio.h>
#include <string.h>

static uint64_t arena[TOY_ARENA_BYTES_FOR(2) / 8 + 8];

static int check(int fine, const char *what) {
  if (!fine)
    fprintf(stderr, "%s failed; last error: %s\n", what, toy_last_error());
  return fine ? 0 : 1;
}

int main(void) {
  static float image[TOY_INPUT_IMAGE_ELEMENTS], logits[TOY_OUTPUT_LOGITS_ELEMENTS];
  const double scale = 0.5;
  int32_t label = -1;
  int i, failures = 0;
  toy_context *context = NULL;
  toy_options options;
  for (i = 0; i < (int)TOY_INPUT_IMAGE_ELEMENTS; ++i)
    image[i] = (float)(i == 17 ? 100 : i);

  failures += check(toy_create(NULL, &context) == TOY_OK, "toy_create");
  failures += check(toy_infer(context, image, &scale, logits, &label) == TOY_OK, "toy_infer");
  failures += check(label == 17 && logits[17] == 50 && logits[59] == 29.5f, "the result");
  failures += check(toy_infer(context, image, NULL, logits, &label) == TOY_ERROR_NULL, "refusing NULL");
  failures += check(strcmp(toy_last_error(), "input 'scale' is NULL") == 0, "the text of an error");
  toy_destroy(context);

  memset(&options, 0, sizeof options);
  options.size = sizeof options;
  options.version = TOY_OPTIONS_VERSION;
  options.threads = 2;
  options.arena = (void *)(((uintptr_t)arena + TOY_ARENA_ALIGNMENT - 1) / TOY_ARENA_ALIGNMENT * TOY_ARENA_ALIGNMENT);
  options.arena_bytes = TOY_ARENA_BYTES_FOR(2);
  failures += check(toy_create(&options, &context) == TOY_OK, "toy_create with an arena");
  label = -1;
  failures += check(toy_infer(context, image, &scale, logits, &label) == TOY_OK && label == 17, "a second result");
  toy_destroy(context);
  options.arena_bytes -= 1;
  failures += check(toy_create(&options, &context) == TOY_ERROR_SIZE, "refusing a small arena");

  failures += check(toy_describe()->input_count == TOY_INPUT_COUNT, "TOY_INPUT_COUNT");
  failures += check(toy_describe()->outputs[0].bytes == TOY_OUTPUT_LOGITS_BYTES, "TOY_OUTPUT_LOGITS_BYTES");
  failures += check(strstr(toy_describe()->notices, "Permission is hereby granted") != NULL, "the notices");
  failures += check(toy_describe()->stack_bytes == TOY_STACK_BYTES, "TOY_STACK_BYTES");
  return failures ? 1 : 0;
}
