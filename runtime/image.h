/* Images as inputs: pixels of any height and width are resized, cut and normalized into a tensor of the network's. */
#ifndef FOVEA_RUNTIME_IMAGE_H
#define FOVEA_RUNTIME_IMAGE_H

#include "runtime/model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What becomes of an image. As LLVM type eight i32 and six double. */
typedef struct fovea_image_plan {
  int32_t largest[2]; /* height and width of the largest image */
  int32_t size[2];    /* height and width of the result, the middle of what the image is resized to */
  int32_t resize[2];  /* height and width that it is resized to; {n, 0}: the shorter side becomes n */
  int32_t radius;     /* of the filter: 1 bilinear, 2 bicubic */
  int32_t swapped;    /* 1: the result has blue first */
  double mean[3];     /* in the order of the result; its elements are (byte / 255 - mean) / deviation */
  double deviation[3];
} fovea_image_plan;

/* The most pixels along an axis that one of the result is made from, for images of up to `largest` along it. */
static inline int64_t fovea_image_taps(const fovea_image_plan *plan, int axis) {
  const int64_t from = plan->largest[axis], to = plan->resize[axis] ? plan->resize[axis] : plan->resize[0];
  const int64_t taps = (plan->radius * (from > to ? from : to) + to - 1) / to * 2 + 1;
  return taps < from ? taps : from;
}

/* Bytes of scratch memory that fovea_read_image needs, a multiple of 64; see struct scratch in image.c. */
static inline int64_t fovea_image_scratch_bytes(const fovea_image_plan *plan) {
  const int64_t down = fovea_image_taps(plan, 0), across = fovea_image_taps(plan, 1), width = plan->size[1];
  const int64_t widest = width > plan->largest[1] ? width : plan->largest[1];
  const int64_t doubles = down > across ? down : across, words = 3 * 256 + width * (2 + across) + down + 3 * widest;
  const int64_t bytes = 8 * doubles + 4 * words + 3 * plan->largest[1] + 3 * width * (1 + down);
  return (bytes + 63) / 64 * 64;
}

/* Makes `result`, f32[n=1, h, w, c=3], of an image that fovea_check_image has found right. Returns 0. The bytes before
 * they are normalized are those of Pillow 13's Image.resize and torchvision's CenterCrop. */
int fovea_read_image(const fovea_image_plan *plan, const fovea_image *image, float *result, void *scratch);

#ifdef __cplusplus
}
#endif

#endif
