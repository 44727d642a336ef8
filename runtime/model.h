/* The border between the generated host program and the runtime that is linked beside it. Nothing here is exported. */
#ifndef FOVEA_RUNTIME_MODEL_H
#define FOVEA_RUNTIME_MODEL_H

#include "runtime/abi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The executing thread of one call. Every Halide kernel gets one as its user context, and a parallel task gets the one
 * of the thread that runs it, so that scratch memory is never shared. */
typedef struct fovea_worker fovea_worker;

/* Calls the kernels in order, each followed by fovea_mark, and returns the first nonzero result of one, else 0.
 * `inputs` and `outputs` are in the order of the description; sizes and alignment have been checked. Behind the inputs
 * stand the address of the weights, if they are in a file, and with bounds that of the numbers of steps, int32_t each.
 */
typedef int (*fovea_program)(fovea_worker *worker, uint8_t *arena, const void *const *inputs, void *const *outputs);

/* Maps and unmaps the file with the weights of a library that does not contain them. */
int fovea_map_weights(fovea_context *context, const char *path);
void fovea_unmap_weights(fovea_context *context);

/* Checks the fovea_image in `buffer`, which the caller gives for `input`, also beside the caller's `outputs`. */
int fovea_check_image(const fovea_context *context, const fovea_tensor_info *input, const fovea_buffer *buffer,
                      const fovea_buffer *outputs);

/* Everything the runtime knows about a network: one constant per generated library. As LLVM type, in order:
 *   { i32 version, i32 size, i32 input_count, i32 output_count, i32 step_count, i32 target_count,
 *     ptr name, ptr target, ptr compiler, ptr inputs, ptr outputs, ptr steps,
 *     i64 arena_bytes, i64 scratch_bytes, i64 stack_bytes, i64 cpu_features, ptr targets,
 *     ptr notices, ptr sizes, i64 size_count, i64 weight_bytes, i64 weights_identity, ptr bounds, i64 bound_count,
 *     ptr programs, ptr map_weights, ptr unmap_weights, ptr check_image, ptr extents }
 * A fovea_tensor_info is { ptr, ptr, i32, ptr, ptr, i64 }, a fovea_step_info { ptr, ptr, double, i64 }, a
 * fovea_target_info { ptr, i64 } and a fovea_size_info { i64, ptr, ptr, ptr, i64 },
 * a fovea_bound_info { ptr, i64, i64, i64, i32, i32 }. */
typedef struct fovea_model {
  fovea_description description;
  const fovea_program *programs; /* [size_count][target_count], in the order of description.sizes and .targets */
  /* fovea_map_weights and fovea_unmap_weights; NULL in a library that contains its weights, and so needs no files. */
  int (*map_weights)(fovea_context *context, const char *path);
  void (*unmap_weights)(fovea_context *context);
  /* fovea_check_image; NULL in a library without an input of the type "image". */
  int (*check_image)(const fovea_context *context, const fovea_tensor_info *input, const fovea_buffer *buffer,
                     const fovea_buffer *outputs);
  /* With bounds: for each axis of each input, then of each output, 3^bound_count coefficients of a polynomial. The one
   * with digits p0, p1, ... in base 3, the least first, is that of steps0^p0 steps1^p1 ... */
  const int64_t *const *extents;
} fovea_model;

/* Scratch bytes that one halide_malloc of `size` bytes takes: a header, the bytes, and room for Halide's licence to
 * read 8 bytes past the end. A kernel needs the sum over the allocations that are alive together, task bodies included.
 */
#define FOVEA_SCRATCH_BLOCK(size)                                                                                      \
  (FOVEA_ALIGNMENT + (((size) + 8u + (FOVEA_ALIGNMENT - 1u)) & ~(uint64_t)(FOVEA_ALIGNMENT - 1u)))

/* What the exported functions of a library forward to; the public header documents them. */
int fovea_create(const fovea_model *model, const fovea_options *options, fovea_context **context);
int fovea_run(fovea_context *context, const fovea_buffer *inputs, const fovea_buffer *outputs);
/* fovea_run of the size whose inputs have these shapes, one for each input in its order. A library has the one or the
 * other: with sizes to choose from, fovea_run would not know which. */
int fovea_run_shaped(fovea_context *context, const int64_t *const *input_shapes, const fovea_buffer *inputs,
                     const fovea_buffer *outputs);
/* The shapes of the outputs for inputs of these shapes, of a library with bounds. */
int fovea_output_shapes(const fovea_model *model, const int64_t *const *input_shapes, int64_t *const *output_shapes);
int fovea_profile(fovea_context *context, uint64_t *nanoseconds_per_step);
void fovea_destroy(fovea_context *context);
const char *fovea_last_error(void);

/* The licenses of what every library contains. */
extern const char fovea_notices[];

/* Says that step `step` has ended: names the next one in errors and, while profiling, charges the time. */
void fovea_mark(fovea_worker *worker, uint32_t step);

/* Largest number of scratch bytes that any thread of `context` has had in use so far; for tests of the plan. */
uint64_t fovea_scratch_peak(const fovea_context *context);

#ifdef __cplusplus
}
#endif

#endif
