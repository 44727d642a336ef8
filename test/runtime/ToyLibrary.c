/* What the compiler makes of a network, written by hand: logits = image * scale and label = the place of the largest.
 * NaN as the scale makes the second kernel fail. */
#include "runtime/halide.h"
#include "runtime/model.h"

#include <stddef.h>

#define EXPORT __attribute__((visibility("default")))
enum { ELEMENTS = 60 };

typedef struct closure {
  const float *image;
  double scale;
  float *scaled;
} closure;

static int scale_row(void *user_context, int row, uint8_t *bytes) {
  const closure *c = (const closure *)bytes;
  float *buffer = halide_malloc(user_context, 5 * sizeof(float));
  for (int i = 0; i < 5; ++i)
    buffer[i] = (float)(c->image[row * 5 + i] * c->scale);
  for (int i = 0; i < 5; ++i)
    c->scaled[row * 5 + i] = buffer[i];
  halide_free(user_context, buffer);
  return 0;
}

static int run(fovea_worker *worker, uint8_t *arena, const void *const *inputs, void *const *outputs) {
  closure c = {inputs[0], *(const double *)inputs[1], (float *)arena};
  int code = halide_do_par_for(worker, scale_row, 0, ELEMENTS / 5, (uint8_t *)&c);
  if (code)
    return code;
  fovea_mark(worker, 0);
  if (c.scale != c.scale)
    return -1;
  float *logits = outputs[0];
  int32_t best = 0;
  for (int i = 0; i < ELEMENTS; ++i) {
    logits[i] = c.scaled[i];
    best = logits[i] > logits[best] ? i : best;
  }
  *(int32_t *)outputs[1] = best;
  fovea_mark(worker, 1);
  return 0;
}

static const int64_t image_shape[] = {1, 3, 4, 5}, logits_shape[] = {1, ELEMENTS}, one_shape[] = {1};
static const char *const axes[] = {"n", "c", "h", "w"};
static const fovea_tensor_info inputs[] = {{"image", "f32", 4, image_shape, axes, ELEMENTS * 4},
                                           {"scale", "f64", 1, one_shape, axes, 8}};
static const fovea_tensor_info outputs[] = {{"logits", "f32", 2, logits_shape, axes, ELEMENTS * 4},
                                            {"label", "i32", 1, one_shape, axes, 4}};
static const fovea_step_info steps[] = {{"scale_0", "body.scale", 60, 488}, {"top_1", "head.top", 60, 484}};
static const fovea_size_info sizes[] = {{0, inputs, outputs, steps, 2}};
static const fovea_target_info targets[] = {{"any CPU", 0}};
static const fovea_program programs[] = {run};
static const fovea_model model = {{FOVEA_ABI_VERSION,
                                   sizeof(fovea_description),
                                   2,
                                   2,
                                   2,
                                   1,
                                   "toy",
                                   "any CPU",
                                   "0.0.0",
                                   inputs,
                                   outputs,
                                   steps,
                                   250,
                                   128,
                                   1000,
                                   0,
                                   targets,
                                   fovea_notices,
                                   sizes,
                                   1,
                                   0,
                                   0,
                                   NULL,
                                   0},
                                  programs,
                                  NULL,
                                  NULL,
                                  NULL,
                                  NULL};

EXPORT const fovea_description *toy_describe(void) { return &model.description; }
EXPORT int toy_create(const fovea_options *options, fovea_context **context) {
  return fovea_create(&model, options, context);
}
EXPORT int toy_run(fovea_context *context, const fovea_buffer *in, const fovea_buffer *out) {
  return fovea_run(context, in, out);
}
EXPORT int toy_profile(fovea_context *context, uint64_t *nanoseconds) { return fovea_profile(context, nanoseconds); }
EXPORT void toy_destroy(fovea_context *context) { fovea_destroy(context); }
EXPORT const char *toy_last_error(void) { return fovea_last_error(); }
