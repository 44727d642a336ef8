/* Embeds a compiled network: reads an image, prints the five classes with the largest logits.
 *
 *   fovea compile examples/cas_vit.net -p variant=xs --weights W.safetensors -o out
 *   cc -Iout examples/classify.c out/libcas_vit.a -lpthread -o classify
 *   ./classify image.npy                 (f32, 1 x 3 x 224 x 224; examples/photograph.py makes one)
 */
#include "cas_vit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

static float image[CAS_VIT_INPUT_IMAGE_ELEMENTS];
static float logits[CAS_VIT_OUTPUT_LOGITS_ELEMENTS];

/* The data of a .npy file are its last bytes. */
static int read_image(const char *path) {
  FILE *file = fopen(path, "rb");
  int ok = file && fseek(file, -(long)sizeof image, SEEK_END) == 0 && fread(image, sizeof image, 1, file) == 1;
  if (file)
    fclose(file);
  return ok;
}

int main(int argc, char **argv) {
  if (argc != 2 || !read_image(argv[1])) {
    fprintf(stderr, "usage: classify IMAGE.npy\n");
    return EXIT_FAILURE;
  }
  cas_vit_context *context;
  if (cas_vit_create(NULL, &context) != CAS_VIT_OK || cas_vit_infer(context, image, logits) != CAS_VIT_OK) {
    fprintf(stderr, "classify: %s\n", cas_vit_last_error());
    return EXIT_FAILURE;
  }
  cas_vit_destroy(context);

  for (int rank = 0; rank < 5; ++rank) {
    unsigned best = 0;
    for (unsigned i = 1; i < CAS_VIT_OUTPUT_LOGITS_ELEMENTS; ++i)
      if (logits[i] > logits[best])
        best = i;
    printf("class %4u  logit %.4f\n", best, logits[best]);
    logits[best] = -1e30f;
  }
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf("peak memory %ld KiB\n", usage.ru_maxrss);
  return EXIT_SUCCESS;
}
