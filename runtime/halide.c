/* The services that kernels ask for: parallel loops, scratch memory, error reports. Kernels are compiled for a runtime
 * of this interface (HalideRuntime.h) and pass the executing fovea_worker as user context. */
#include "runtime/halide.h"
#include "runtime/context.h"

#include <stdarg.h>
#include <stdio.h>

void fovea_note(fovea_worker *worker, const char *format, ...) {
  if (worker->failed)
    return;
  worker->failed = true;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(worker->failure, sizeof worker->failure, format, arguments);
  va_end(arguments);
}

_Noreturn void fovea_escape(fovea_worker *worker) { longjmp(*worker->escape, 1); }

int halide_do_par_for(void *user_context, fovea_task task, int first, int count, uint8_t *closure) {
  fovea_worker *worker = user_context;
  if (count <= 0)
    return 0;
  if (worker->in_task || worker->context->threads == 1 || count == 1) {
    for (int i = 0; i < count; ++i) {
      int code = task(worker, first + i, closure);
      if (code) {
        fovea_note(worker, "task %d failed with code %d", i, code);
        fovea_escape(worker);
      }
    }
  } else if (!fovea_pool_run(worker, task, first, (uint32_t)count, closure)) {
    fovea_escape(worker);
  }
  return 0;
}

void *halide_malloc(void *user_context, size_t size) {
  fovea_worker *worker = user_context;
  uint64_t left = (uint64_t)(worker->scratch_end - worker->scratch_top);
  /* The first test keeps the sum of the second from wrapping around. */
  if (size > left || FOVEA_SCRATCH_BLOCK(size) > left) {
    fovea_note(worker, "out of scratch memory: %llu bytes wanted, %llu of %llu left", (unsigned long long)size,
               (unsigned long long)left, (unsigned long long)(worker->scratch_end - worker->scratch));
    fovea_escape(worker);
  }
  fovea_block *block = (fovea_block *)worker->scratch_top;
  block->below = worker->last_block;
  block->freed = false;
  worker->last_block = block;
  worker->scratch_top += FOVEA_SCRATCH_BLOCK(size);
  uint64_t used = (uint64_t)(worker->scratch_top - worker->scratch);
  if (used > worker->scratch_peak)
    worker->scratch_peak = used;
  return (uint8_t *)block + FOVEA_ALIGNMENT;
}

/* Halide frees a buffer after its last use, which need not be in the reverse order of allocation: a block below a live
 * one is only marked, and goes when it comes to the top. */
void halide_free(void *user_context, void *pointer) {
  fovea_worker *worker = user_context;
  if (!pointer)
    return;
  ((fovea_block *)((uint8_t *)pointer - FOVEA_ALIGNMENT))->freed = true;
  while (worker->last_block && worker->last_block->freed) {
    worker->scratch_top = (uint8_t *)worker->last_block;
    worker->last_block = worker->last_block->below;
  }
}

void halide_error(void *user_context, const char *message) {
  fovea_note(user_context, "%s", message);
  fovea_escape(user_context);
}

/* The reports of kernels compiled with checks, for tests and for the second opinion. The arguments after the first few
 * differ from report to report and are not looked at: the caller's side of the calling conventions in use removes them.
 */
#define REPORT(name)                                                                                                   \
  int halide_error_##name(void *user_context) {                                                                        \
    halide_error(user_context, #name);                                                                                 \
    return -1;                                                                                                         \
  }
#define REPORT_ABOUT(name)                                                                                             \
  int halide_error_##name(void *user_context, const char *subject) {                                                   \
    fovea_note(user_context, "%s: %s", #name, subject);                                                                \
    fovea_escape(user_context);                                                                                        \
  }
FOVEA_HALIDE_REPORTS(REPORT, REPORT_ABOUT)
