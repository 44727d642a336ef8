/* The same network twice, fused and an op at a time: both answers are nearly the same, and nowhere zero throughout. */
#include "other.h"
#include "small.h"
#include <math.h>
#include <stdio.h>

static float image[SMALL_INPUT_IMAGE_ELEMENTS], ours[SMALL_OUTPUT_Y_ELEMENTS], plain[OTHER_OUTPUT_Y_ELEMENTS];

int main(void) {
  small_context *small = 0;
  other_context *other = 0;
  float largest = 0, error = 0;
  unsigned i;
  for (i = 0; i < SMALL_INPUT_IMAGE_ELEMENTS; ++i)
    image[i] = (float)(i % 17) / 8 - 1;
  if (small_create(0, &small) || other_create(0, &other) || small_infer(small, image, ours) ||
      other_infer(other, image, plain)) {
    fprintf(stderr, "%s %s\n", small_last_error(), other_last_error());
    return 1;
  }
  for (i = 0; i < SMALL_OUTPUT_Y_ELEMENTS; ++i) {
    largest = fmaxf(largest, fabsf(plain[i]));
    error = fmaxf(error, fabsf(ours[i] - plain[i]));
  }
  small_destroy(small);
  other_destroy(other);
  if (largest > 0 && error <= 1e-5f * largest)
    return 0;
  fprintf(stderr, "error %g, largest %g\n", error, largest);
  return 1;
}
