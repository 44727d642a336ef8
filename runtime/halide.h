/* The part of Halide's runtime interface (HalideRuntime.h) that kernels may use. */
#ifndef FOVEA_RUNTIME_HALIDE_H
#define FOVEA_RUNTIME_HALIDE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Runs task(context of the executing worker, index, closure) once for every index in [first, first + count). */
int halide_do_par_for(void *user_context, int (*task)(void *user_context, int index, uint8_t *closure), int first,
                      int count, uint8_t *closure);
/* Scratch memory of the executing worker, aligned to FOVEA_ALIGNMENT; leaves the kernel when there is not enough. */
void *halide_malloc(void *user_context, size_t size);
void halide_free(void *user_context, void *pointer);
/* Leaves the kernel; fovea_run reports the message. */
void halide_error(void *user_context, const char *message);

/* X(name): int halide_error_name(void *user_context, ...), Y(name) with a name or message as second argument. */
#define FOVEA_HALIDE_REPORTS(X, Y)                                                                                     \
  X(device_crop_failed)                                                                                                \
  X(device_interface_no_device)                                                                                        \
  X(host_and_device_dirty)                                                                                             \
  X(no_device_interface)                                                                                               \
  X(out_of_memory)                                                                                                     \
  Y(access_out_of_bounds)                                                                                              \
  Y(bad_dimensions)                                                                                                    \
  Y(bad_extern_fold)                                                                                                   \
  Y(bad_fold)                                                                                                          \
  Y(bad_type)                                                                                                          \
  Y(bounds_inference_call_failed)                                                                                      \
  Y(buffer_allocation_too_large)                                                                                       \
  Y(buffer_argument_is_null)                                                                                           \
  Y(buffer_extents_negative)                                                                                           \
  Y(buffer_extents_too_large)                                                                                          \
  Y(buffer_is_null)                                                                                                    \
  Y(constraint_violated)                                                                                               \
  Y(constraints_make_required_region_smaller)                                                                          \
  Y(debug_to_file_failed)                                                                                              \
  Y(device_dirty_with_no_device_support)                                                                               \
  Y(explicit_bounds_too_small)                                                                                         \
  Y(extern_stage_failed)                                                                                               \
  Y(fold_factor_too_small)                                                                                             \
  Y(host_is_null)                                                                                                      \
  Y(param_too_large_f64)                                                                                               \
  Y(param_too_large_i64)                                                                                               \
  Y(param_too_large_u64)                                                                                               \
  Y(param_too_small_f64)                                                                                               \
  Y(param_too_small_i64)                                                                                               \
  Y(param_too_small_u64)                                                                                               \
  Y(requirement_failed)                                                                                                \
  Y(specialize_fail)                                                                                                   \
  Y(split_factor_not_positive)                                                                                         \
  Y(storage_bound_too_small)                                                                                           \
  Y(unaligned_host_ptr)                                                                                                \
  Y(vscale_invalid)

#define FOVEA_DECLARE_REPORT(name) int halide_error_##name(void *user_context);
#define FOVEA_DECLARE_REPORT_ABOUT(name) int halide_error_##name(void *user_context, const char *subject);
FOVEA_HALIDE_REPORTS(FOVEA_DECLARE_REPORT, FOVEA_DECLARE_REPORT_ABOUT)
#undef FOVEA_DECLARE_REPORT
#undef FOVEA_DECLARE_REPORT_ABOUT

#ifdef __cplusplus
}
#endif

#endif
