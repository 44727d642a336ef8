/* Images as inputs. The result is computed row by row: rows of the image are resized along w as they are needed, into a
 * ring that holds as many as one row of the result is made from. Weights and sums are integers, rounded as Pillow
 * rounds them, whose algorithm this is: weights of 22 fractional bits, and bytes between the two axes. */
#include "runtime/image.h"
#include "runtime/context.h"

#include <string.h>

#pragma STDC FP_CONTRACT OFF /* the same weights on every CPU */

enum { FRACTION_BITS = 22, HALF = 1 << (FRACTION_BITS - 1) };

/* The slices of the scratch memory; `down` and `across` stand for fovea_image_taps along h and w. */
struct scratch {
  double *weights;        /* [max(down, across)] of one place, before they are divided by their sum */
  float *normalized;      /* [3][256] the result's element for each byte */
  int32_t *first, *count; /* [width] of the pixels that each column is made from */
  int32_t *across, *down; /* [width][across], [down] their weights, and those of the rows of one row */
  int32_t *sums;          /* [max(width, largest)][3] */
  uint8_t *summed;        /* [largest][3] rows of the image, summed up */
  uint8_t *row;           /* [width][3] a row of the result */
  uint8_t *ring;          /* [down][width][3] row y of the image, resized along w, in place y % down */
  int64_t taps[2];        /* down, across */
};

/* How an axis of the image is resized and cut. */
struct axis {
  int64_t from, to;    /* sizes before and after resizing */
  int64_t begin, size; /* the part of it that is the result */
  double scale, reach; /* pixels per place, and the filter's radius in pixels */
};

static double filter(int32_t radius, double x) {
  x = x < 0 ? -x : x;
  if (radius == 1)
    return x < 1 ? 1 - x : 0;
  if (x < 1)
    return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0;
}

static struct scratch place(const fovea_image_plan *plan, void *memory) {
  struct scratch scratch;
  const int64_t down = fovea_image_taps(plan, 0), across = fovea_image_taps(plan, 1), width = plan->size[1];
  scratch.taps[0] = down;
  scratch.taps[1] = across;
  scratch.weights = memory;
  scratch.normalized = (float *)(scratch.weights + (down > across ? down : across));
  scratch.first = (int32_t *)(scratch.normalized + 3 * 256);
  scratch.count = scratch.first + width;
  scratch.across = scratch.count + width;
  scratch.down = scratch.across + width * across;
  scratch.sums = scratch.down + down;
  scratch.summed = (uint8_t *)(scratch.sums + 3 * (width > plan->largest[1] ? width : plan->largest[1]));
  scratch.row = scratch.summed + 3 * (int64_t)plan->largest[1];
  scratch.ring = scratch.row + 3 * width;
  return scratch;
}

/* `axis` is 0 for h, 1 for w. */
static struct axis axis_of(const fovea_image_plan *plan, const fovea_image *image, int axis) {
  const int64_t sizes[2] = {image->height, image->width}, shorter = sizes[0] < sizes[1] ? sizes[0] : sizes[1];
  struct axis result;
  result.from = sizes[axis];
  result.size = plan->size[axis];
  result.to = plan->resize[1] ? plan->resize[axis] : plan->resize[0] * result.from / shorter;
  /* Half the rest lies in front; of an odd one as many as make it even, as Python's round has it. */
  const int64_t rest = result.to - result.size, half = rest / 2;
  result.begin = half + (rest % 2 && half % 2);
  result.scale = (double)result.from / (double)result.to;
  result.reach = plan->radius * (result.scale > 1 ? result.scale : 1);
  return result;
}

/* Computes the weights of the pixels that place `at` of the result is made from; returns how many they are, and the
 * first of them. */
static int32_t weigh(const fovea_image_plan *plan, const struct axis *axis, int64_t at, double *exact, int32_t *weights,
                     int32_t *first) {
  const double middle = ((double)(axis->begin + at) + 0.5) * axis->scale, narrowed = 1 / (axis->reach / plan->radius);
  double sum = 0;
  int64_t begin = (int64_t)(middle - axis->reach + 0.5), end = (int64_t)(middle + axis->reach + 0.5);
  begin = begin < 0 ? 0 : begin;
  end = end > axis->from ? axis->from : end;
  const int32_t count = (int32_t)(end - begin);
  for (int32_t i = 0; i < count; ++i) {
    exact[i] = filter(plan->radius, ((double)(i + begin) - middle + 0.5) * narrowed);
    sum += exact[i];
  }
  for (int32_t i = 0; i < count; ++i) {
    const double weight = (sum != 0 ? exact[i] / sum : exact[i]) * (1 << FRACTION_BITS);
    weights[i] = (int32_t)(weight < 0 ? weight - 0.5 : weight + 0.5);
  }
  *first = (int32_t)begin;
  return count;
}

static uint8_t to_byte(int32_t sum) {
  sum >>= FRACTION_BITS;
  return (uint8_t)(sum < 0 ? 0 : sum > 255 ? 255 : sum);
}

/* Resizes a row of the image along w. */
static void resize_row(const struct scratch *scratch, const uint8_t *row, int64_t width, uint8_t *result) {
  for (int64_t x = 0; x < width; ++x) {
    const int32_t *weights = scratch->across + x * scratch->taps[1];
    const uint8_t *pixel = row + 3 * (int64_t)scratch->first[x];
    int32_t red = HALF, green = HALF, blue = HALF;
    for (int32_t i = 0; i < scratch->count[x]; ++i, pixel += 3) {
      red += pixel[0] * weights[i];
      green += pixel[1] * weights[i];
      blue += pixel[2] * weights[i];
    }
    result[3 * x] = to_byte(red);
    result[3 * x + 1] = to_byte(green);
    result[3 * x + 2] = to_byte(blue);
  }
}

/* Sums up `count` rows of `elements` bytes, times scratch->down. Row y stands in place y % places. */
static void sum_rows(const struct scratch *scratch, const uint8_t *rows, uint64_t row_bytes, int64_t places,
                     int32_t first, int32_t count, int64_t elements, uint8_t *result) {
  for (int64_t i = 0; i < elements; ++i)
    scratch->sums[i] = HALF;
  for (int32_t row = 0; row < count; ++row) {
    const uint8_t *bytes = rows + (uint64_t)((first + row) % places) * row_bytes;
    const int32_t weight = scratch->down[row];
    for (int64_t i = 0; i < elements; ++i)
      scratch->sums[i] += bytes[i] * weight;
  }
  for (int64_t i = 0; i < elements; ++i)
    result[i] = to_byte(scratch->sums[i]);
}

int fovea_read_image(const fovea_image_plan *plan, const fovea_image *image, float *result, void *memory) {
  const struct scratch scratch = place(plan, memory);
  const struct axis down = axis_of(plan, image, 0), across = axis_of(plan, image, 1);
  const bool rows_first = down.from > down.to && down.from - down.to > 2 * (across.from - across.to);
  const int64_t elements = 3 * across.size;
  const uint64_t row_bytes = image->row_bytes ? image->row_bytes : 3 * (uint64_t)image->width;
  for (int c = 0; c < 3; ++c)
    for (int byte = 0; byte < 256; ++byte)
      scratch.normalized[256 * c + byte] = (float)((byte / 255.0 - plan->mean[c]) / plan->deviation[c]);
  for (int64_t x = 0; x < across.size; ++x)
    scratch.count[x] =
        weigh(plan, &across, x, scratch.weights, scratch.across + x * scratch.taps[1], &scratch.first[x]);
  int64_t next = 0; /* the row of the image that comes into the ring next */
  for (int64_t y = 0; y < down.size; ++y, result += elements) {
    int32_t first;
    const int32_t count = weigh(plan, &down, y, scratch.weights, scratch.down, &first);
    if (rows_first) {
      sum_rows(&scratch, image->pixels, row_bytes, image->height, first, count, 3 * across.from, scratch.summed);
      resize_row(&scratch, scratch.summed, across.size, scratch.row);
    } else {
      for (next = next < first ? first : next; next < first + count; ++next)
        resize_row(&scratch, image->pixels + (uint64_t)next * row_bytes, across.size,
                   scratch.ring + next % scratch.taps[0] * elements);
      sum_rows(&scratch, scratch.ring, (uint64_t)elements, scratch.taps[0], first, count, elements, scratch.row);
    }
    for (int64_t i = 0; i < elements; i += 3)
      for (int c = 0; c < 3; ++c)
        result[i + c] = scratch.normalized[256 * c + scratch.row[i + (plan->swapped ? 2 - c : c)]];
  }
  return 0;
}

int fovea_check_image(const fovea_context *context, const fovea_tensor_info *input, const fovea_buffer *buffer,
                      const fovea_buffer *outputs) {
  const fovea_image *image = buffer->data;
  const int64_t *largest = input->shape;
  const uint64_t row = 3 * (uint64_t)image->width, row_bytes = image->row_bytes ? image->row_bytes : row;
  if (!image->height || !image->width || image->height > largest[0] || image->width > largest[1])
    return fovea_fail(FOVEA_ERROR_IMAGE, "image '%s' is %u x %u, height x width; expected 1 x 1 to %lld x %lld",
                      input->name, image->height, image->width, (long long)largest[0], (long long)largest[1]);
  if (row_bytes < row)
    return fovea_fail(FOVEA_ERROR_IMAGE,
                      "image '%s' has rows of %u pixels and a row_bytes of %llu; expected at least %llu", input->name,
                      image->width, (unsigned long long)row_bytes, (unsigned long long)row);
  if (row_bytes > INT64_MAX / image->height)
    return fovea_fail(FOVEA_ERROR_IMAGE, "image '%s' has a row_bytes of %llu: its rows end beyond the end of memory",
                      input->name, (unsigned long long)row_bytes);
  if (!image->pixels)
    return fovea_fail(FOVEA_ERROR_NULL, "the pixels of image '%s' are NULL", input->name);
  const uint64_t bytes = row_bytes * (image->height - 1) + row;
  if (fovea_overlap(image->pixels, bytes, context->arena, context->arena_bytes))
    return fovea_fail(FOVEA_ERROR_OVERLAP, "the pixels of image '%s' share bytes with the arena", input->name);
  for (uint32_t i = 0; i < context->model->description.output_count; ++i) {
    if (fovea_overlap(image->pixels, bytes, outputs[i].data, outputs[i].bytes))
      return fovea_fail(FOVEA_ERROR_OVERLAP, "output '%s' shares bytes with the pixels of image '%s'",
                        context->size->outputs[i].name, input->name);
  }
  return FOVEA_OK;
}
