/* Names what is on photographs: prints the five likeliest classes of each, and how likely they are.
 *
 *   name_photo IMAGE...           JPEG and PNG files
 *
 * Links the library of examples/efficientnet_lite.net, compiled with -p largest=N, and nothing else that computes.
 * README.md has the commands. */
#include "classes.h" /* const char *const classes[]: the names, written by classes.py */
#include "efficientnet_lite.h"
#include "picture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { COUNT = EFFICIENTNET_LITE_OUTPUT_LOGITS_ELEMENTS, SHOWN = 5 };

static float scores[COUNT];

/* Prints the largest of the scores as shares of the sum of their exponentials. */
static void print_best(void) {
  double sum = 0, largest = scores[0];
  for (int i = 1; i < COUNT; ++i)
    largest = scores[i] > largest ? scores[i] : largest;
  for (int i = 0; i < COUNT; ++i)
    sum += exp(scores[i] - largest);
  for (int rank = 0; rank < SHOWN; ++rank) {
    int best = 0;
    for (int i = 1; i < COUNT; ++i)
      best = scores[i] > scores[best] ? i : best;
    printf("  %5.1f %%  %s\n", 100 * exp(scores[best] - largest) / sum, classes[best]);
    scores[best] = -INFINITY;
  }
}

/* Returns whether all went well. */
static int name(efficientnet_lite_context *context, const char *path) {
  char error[PICTURE_ERROR_LENGTH];
  struct picture picture;
  if (!read_picture(path, EFFICIENTNET_LITE_INPUT_PHOTO_LARGEST_HEIGHT, EFFICIENTNET_LITE_INPUT_PHOTO_LARGEST_WIDTH,
                    &picture, error)) {
    fprintf(stderr, "%s: %s\n", path, error);
    return 0;
  }
  const efficientnet_lite_image image = {picture.pixels, picture.height, picture.width, 0};
  const int fine = efficientnet_lite_infer(context, &image, scores) == EFFICIENTNET_LITE_OK;
  free(picture.pixels);
  if (!fine) {
    fprintf(stderr, "%s: %s\n", path, efficientnet_lite_last_error());
    return 0;
  }
  printf("%s\n", path);
  print_best();
  return 1;
}

int main(int argc, char **argv) {
  efficientnet_lite_context *context;
  if (argc < 2) {
    fprintf(stderr, "usage: name_photo IMAGE...\n");
    return 2;
  }
  if (efficientnet_lite_create(NULL, &context) != EFFICIENTNET_LITE_OK) {
    fprintf(stderr, "name_photo: %s\n", efficientnet_lite_last_error());
    return EXIT_FAILURE;
  }
  int code = EXIT_SUCCESS;
  for (int i = 1; i < argc; ++i)
    if (!name(context, argv[i]))
      code = EXIT_FAILURE;
  efficientnet_lite_destroy(context);
  return code;
}
