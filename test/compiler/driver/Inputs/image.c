/* A library of image.net from C: image HEIGHT WIDTH; prints the first pixel, or the error. */
#include "picture.h"

#include <stdio.h>
#include <stdlib.h>

static uint8_t pixels[64 * 200];
static float twice[PICTURE_OUTPUT_TWICE_ELEMENTS], y[PICTURE_OUTPUT_Y_ELEMENTS];

int main(int argc, char **argv) {
  picture_image photo = {pixels, 0, 0, 200};
  picture_context *context;
  if (argc != 3 || picture_create(NULL, &context) != PICTURE_OK)
    return EXIT_FAILURE;
  photo.height = (uint32_t)atoi(argv[1]);
  photo.width = (uint32_t)atoi(argv[2]);
  for (size_t i = 0; i < sizeof pixels; ++i)
    pixels[i] = i % 200 < 3 * (size_t)photo.width ? (uint8_t)(51 * (i % 200 % 3)) : 255; /* columns beyond are white */
  if (picture_infer(context, &photo, twice, y) == PICTURE_OK)
    printf("%g %g %g of at most %u x %u\n", twice[0], twice[1], twice[2], PICTURE_INPUT_PHOTO_LARGEST_HEIGHT,
           PICTURE_INPUT_PHOTO_LARGEST_WIDTH);
  else
    printf("%s\n", picture_last_error());
  picture_destroy(context);
  return EXIT_SUCCESS;
}
