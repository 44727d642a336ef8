#define _GNU_SOURCE
#include "runtime/context.h"
#include "runtime/cpu.h"
#include "runtime/float_mode.h"

#include <sched.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* How long a thread polls for the next loop of an inference before it sleeps: longer than the serial kernels between
 * two loops usually take, since waking a thread up costs tens of microseconds. */
enum { SPIN_NANOSECONDS = 100000 };

static uint64_t align_up(uint64_t bytes) { return (bytes + FOVEA_ALIGNMENT - 1) / FOVEA_ALIGNMENT * FOVEA_ALIGNMENT; }

static bool is_aligned(const void *pointer, uint64_t alignment) { return (uintptr_t)pointer % alignment == 0; }

/* CPUs that this process may use. */
static uint32_t available_cpus(void) {
  cpu_set_t set;
  /* Fails on machines with more CPUs than the set holds. */
  return sched_getaffinity(0, sizeof set, &set) == 0 ? (uint32_t)CPU_COUNT(&set) : FOVEA_MAX_THREADS;
}

/* Copies the caller's options, which may be shorter or longer than ours, into `options` and checks them. */
static int read_options(const fovea_options *given, fovea_options *options) {
  memset(options, 0, sizeof *options);
  if (given) {
    if (given->size < offsetof(fovea_options, threads) || given->size > 4096)
      return fovea_fail(FOVEA_ERROR_OPTIONS, "size of the options is %u; expected sizeof the struct, %u here",
                        given->size, (unsigned)sizeof *options);
    if (given->version != FOVEA_OPTIONS_VERSION)
      return fovea_fail(FOVEA_ERROR_OPTIONS, "version of the options is %u; this library knows version %u",
                        given->version, FOVEA_OPTIONS_VERSION);
    for (size_t i = sizeof *options; i < given->size; ++i) {
      if (((const uint8_t *)given)[i])
        return fovea_fail(FOVEA_ERROR_OPTIONS, "byte %u of the options is set, but this library knows only %u bytes",
                          (unsigned)i, (unsigned)sizeof *options);
    }
    memcpy(options, given, given->size < sizeof *options ? given->size : sizeof *options);
  }
  if (options->threads > FOVEA_MAX_THREADS)
    return fovea_fail(FOVEA_ERROR_OPTIONS, "%u threads asked for; at most %u are possible", options->threads,
                      FOVEA_MAX_THREADS);
  if (options->reserved)
    return fovea_fail(FOVEA_ERROR_OPTIONS, "the reserved field of the options is %u; expected 0", options->reserved);
  if (!options->arena && options->arena_bytes)
    return fovea_fail(FOVEA_ERROR_OPTIONS, "arena_bytes is %llu, but arena is NULL",
                      (unsigned long long)options->arena_bytes);
  if (!options->parallel_for && options->executor)
    return fovea_fail(FOVEA_ERROR_OPTIONS, "executor is set, but parallel_for is NULL");
  if (options->threads == 0)
    options->threads = 1;
  return FOVEA_OK;
}

/* Finds the first target that the CPU can run, or the one called `wanted`. */
static int choose_target(const fovea_description *description, const char *wanted, uint32_t *target) {
  const uint64_t features = fovea_cpu_features();
  uint64_t missing = 0;
  const char *name = NULL;
  for (uint32_t i = 0; i < description->target_count; ++i) {
    if (wanted && strcmp(wanted, description->targets[i].name) != 0)
      continue;
    name = description->targets[i].name;
    missing = description->targets[i].cpu_features & ~features;
    if (!missing) {
      *target = i;
      return FOVEA_OK;
    }
  }
  if (!name)
    return fovea_fail(FOVEA_ERROR_OPTIONS, "no target '%.64s' in the library; it was compiled for %s", wanted,
                      description->target);
  char names[256];
  fovea_cpu_names(missing, names, sizeof names);
  return fovea_fail(FOVEA_ERROR_UNSUPPORTED,
                    "this CPU lacks %s, which target '%s' needs; the library was compiled for %s", names, name,
                    description->target);
}

/* Takes the caller's arena or allocates one, and deals out the slices of scratch memory behind the activations. */
static int place_arena(fovea_context *context, const fovea_options *options) {
  const fovea_description *description = &context->model->description;
  const uint64_t activations = align_up(description->arena_bytes), scratch = align_up(description->scratch_bytes);
  const uint64_t distance = scratch + FOVEA_SCRATCH_GAP,
                 bytes = activations + scratch + distance * (context->threads - 1);
  if (options->arena) {
    if (!is_aligned(options->arena, FOVEA_ALIGNMENT))
      return fovea_fail(FOVEA_ERROR_ALIGNMENT, "the arena is not aligned to %u bytes", FOVEA_ALIGNMENT);
    if (options->arena_bytes < bytes)
      return fovea_fail(FOVEA_ERROR_SIZE, "the arena has %llu bytes; expected at least %llu for %u threads",
                        (unsigned long long)options->arena_bytes, (unsigned long long)bytes, context->threads);
    if (bytes > UINTPTR_MAX - (uintptr_t)options->arena)
      return fovea_fail(FOVEA_ERROR_SIZE, "the arena ends beyond the end of memory");
    context->arena = options->arena;
  } else if (bytes) {
    context->arena = context->owned_arena = aligned_alloc(FOVEA_ALIGNMENT, bytes);
    if (!context->arena)
      return fovea_fail(FOVEA_ERROR_MEMORY, "no memory for an arena of %llu bytes", (unsigned long long)bytes);
  }
  context->arena_bytes = bytes;
  for (uint32_t i = 0; bytes && i < context->threads; ++i) {
    fovea_worker *worker = &context->workers[i];
    worker->scratch = worker->scratch_top = context->arena + activations + distance * i;
    worker->scratch_end = worker->scratch + scratch;
  }
  return FOVEA_OK;
}

int fovea_create(const fovea_model *model, const fovea_options *given, fovea_context **result) {
  if (!result)
    return fovea_fail(FOVEA_ERROR_NULL, "the place for the context is NULL");
  *result = NULL;
  const fovea_description *description = &model->description;
  fovea_options options;
  uint32_t target = 0;
  int code = read_options(given, &options);
  if (!code)
    code = choose_target(description, options.target, &target);
  if (code)
    return code;

  const size_t workers_end = sizeof(fovea_context) + options.threads * sizeof(fovea_worker);
  const size_t pointers = (size_t)description->input_count + 2 + description->output_count;
  const size_t bytes = align_up(workers_end + pointers * sizeof(void *));
  fovea_context *context = aligned_alloc(FOVEA_ALIGNMENT, bytes);
  if (!context)
    return fovea_fail(FOVEA_ERROR_MEMORY, "no memory for a context of %llu bytes", (unsigned long long)bytes);
  memset(context, 0, bytes);
  context->model = model;
  context->target = target;
  context->size = &description->sizes[description->size_count - 1];
  context->threads = options.threads;
  context->parallel_for = options.parallel_for;
  context->executor = options.executor;
  /* Threads that share a core only take time from each other when they poll. */
  context->spin_nanoseconds = options.threads > available_cpus() ? 0 : SPIN_NANOSECONDS;
  context->inputs = (const void **)((uint8_t *)context + workers_end);
  context->inputs[description->input_count + 1] = context->steps;
  context->outputs = (void **)(context->inputs + description->input_count + 2);
  atomic_flag_clear(&context->busy);
  sem_init(&context->loop.done, 0, 0);
  for (uint32_t i = 0; i < context->threads; ++i)
    context->workers[i].context = context;
  if (model->map_weights)
    code = model->map_weights(context, options.weights);
  else if (options.weights)
    code = fovea_fail(FOVEA_ERROR_OPTIONS, "the options name a file with weights, but the library contains them");
  if (!code)
    code = place_arena(context, &options);
  if (!code && !context->parallel_for)
    code = fovea_pool_start(context, description->stack_bytes);
  if (code) {
    fovea_destroy(context);
    return code;
  }
  *result = context;
  return FOVEA_OK;
}

void fovea_destroy(fovea_context *context) {
  if (!context)
    return;
  if (atomic_flag_test_and_set(&context->busy)) {
    fovea_fail(FOVEA_ERROR_BUSY, "the context is in use by another call, and was not destroyed");
    return;
  }
  fovea_pool_stop(context);
  sem_destroy(&context->loop.done);
  free(context->owned_arena);
  if (context->model->unmap_weights)
    context->model->unmap_weights(context);
  free(context);
}

/* What a type is aligned to, the bytes of an element: the digits of a type's name are its bits. */
static uint64_t alignment_of(const char *type) {
  uint64_t bits = strcmp(type, "image") == 0 ? 8 * _Alignof(fovea_image) : 0;
  for (; *type; ++type) {
    if (*type >= '0' && *type <= '9')
      bits = bits * 10 + (uint64_t)(*type - '0');
  }
  return bits < 8 ? 1 : bits / 8;
}

static int check_buffer(const fovea_context *context, const char *kind, uint32_t number,
                        const fovea_tensor_info *tensor, const fovea_buffer *buffer) {
  const uint64_t bytes =
      context->model->description.bound_count ? fovea_bytes_at(context->model, number, context->steps) : tensor->bytes;
  if (!buffer->data)
    return fovea_fail(FOVEA_ERROR_NULL, "%s '%s' is NULL", kind, tensor->name);
  if (buffer->bytes != bytes)
    return fovea_fail(FOVEA_ERROR_SIZE, "%s '%s' has %llu bytes; expected %llu", kind, tensor->name,
                      (unsigned long long)buffer->bytes, (unsigned long long)bytes);
  if (!is_aligned(buffer->data, alignment_of(tensor->type)))
    return fovea_fail(FOVEA_ERROR_ALIGNMENT, "%s '%s' is not aligned to its elements of type %s", kind, tensor->name,
                      tensor->type);
  if (fovea_overlap(buffer->data, buffer->bytes, context->arena, context->arena_bytes))
    return fovea_fail(FOVEA_ERROR_OVERLAP, "%s '%s' shares bytes with the arena", kind, tensor->name);
  return FOVEA_OK;
}

/* Checks the caller's buffers and notes their addresses in the context. */
static int take_buffers(fovea_context *context, const fovea_buffer *inputs, const fovea_buffer *outputs) {
  const fovea_description *description = &context->model->description;
  const fovea_size_info *size = context->size;
  if (!inputs || !outputs)
    return fovea_fail(FOVEA_ERROR_NULL, "the array of %s is NULL", inputs ? "outputs" : "inputs");
  for (uint32_t i = 0; i < description->input_count; ++i) {
    int code = check_buffer(context, "input", i, &size->inputs[i], &inputs[i]);
    if (!code && context->model->check_image && strcmp(size->inputs[i].type, "image") == 0)
      code = context->model->check_image(context, &size->inputs[i], &inputs[i], outputs);
    if (code)
      return code;
    context->inputs[i] = inputs[i].data;
  }
  for (uint32_t i = 0; i < description->output_count; ++i) {
    const fovea_tensor_info *tensor = &size->outputs[i];
    const fovea_buffer *buffer = &outputs[i];
    int code = check_buffer(context, "output", description->input_count + i, tensor, buffer);
    if (code)
      return code;
    for (uint32_t k = 0; k < description->input_count; ++k) {
      if (fovea_overlap(buffer->data, buffer->bytes, inputs[k].data, inputs[k].bytes))
        return fovea_fail(FOVEA_ERROR_OVERLAP, "output '%s' shares bytes with input '%s'", tensor->name,
                          size->inputs[k].name);
    }
    for (uint32_t k = 0; k < i; ++k) {
      if (fovea_overlap(buffer->data, buffer->bytes, outputs[k].data, outputs[k].bytes))
        return fovea_fail(FOVEA_ERROR_OVERLAP, "output '%s' shares bytes with output '%s'", tensor->name,
                          size->outputs[k].name);
    }
    context->outputs[i] = buffer->data;
  }
  return FOVEA_OK;
}

/* Runs the kernels; false if one failed. The caller's worker is then as after a run, but for the failure it notes. */
static bool run_kernels(fovea_context *context) {
  fovea_worker *caller = &context->workers[0];
  jmp_buf here;
  const fovea_description *description = &context->model->description;
  const size_t row = (size_t)(context->size - description->sizes);
  const fovea_program program = context->model->programs[row * description->target_count + context->target];
  caller->escape = &here;
  caller->step = 0;
  caller->failed = false;
  caller->in_task = false;
  if (caller->step_nanoseconds)
    caller->mark_nanoseconds = fovea_nanoseconds();
  if (_setjmp(here) == 0) {
    int code = program(caller, context->arena, context->inputs, context->outputs);
    if (code)
      fovea_note(caller, "it returned code %d", code);
  }
  caller->scratch_top = caller->scratch;
  caller->last_block = NULL;
  return !caller->failed;
}

/* The shapes of the inputs choose the size; without them there is just one. */
static int run(fovea_context *context, const int64_t *const *shapes, const fovea_buffer *inputs,
               const fovea_buffer *outputs) {
  if (!context)
    return fovea_fail(FOVEA_ERROR_NULL, "the context is NULL");
  if (atomic_flag_test_and_set(&context->busy))
    return fovea_fail(FOVEA_ERROR_BUSY, "the context is in use by another call");
  int code = shapes ? fovea_choose_size(context, shapes) : FOVEA_OK;
  if (!code)
    code = take_buffers(context, inputs, outputs);
  if (!code) {
    const uint64_t mode = fovea_float_mode_set();
    fovea_pool_begin(context);
    const bool ok = run_kernels(context);
    fovea_pool_end(context);
    fovea_float_mode_restore(mode);
    const fovea_worker *caller = &context->workers[0];
    const fovea_size_info *size = context->size;
    if (!ok && caller->step < size->step_count)
      code = fovea_fail(FOVEA_ERROR_KERNEL, "kernel '%s' of layer '%s' failed: %s", size->steps[caller->step].kernel,
                        size->steps[caller->step].layer, caller->failure);
    else if (!ok)
      code = fovea_fail(FOVEA_ERROR_KERNEL, "a kernel failed: %s", caller->failure);
  }
  atomic_flag_clear(&context->busy);
  return code;
}

int fovea_run(fovea_context *context, const fovea_buffer *inputs, const fovea_buffer *outputs) {
  return run(context, NULL, inputs, outputs);
}

int fovea_run_shaped(fovea_context *context, const int64_t *const *input_shapes, const fovea_buffer *inputs,
                     const fovea_buffer *outputs) {
  if (!input_shapes)
    return fovea_fail(FOVEA_ERROR_NULL, "the array of input shapes is NULL");
  return run(context, input_shapes, inputs, outputs);
}

int fovea_profile(fovea_context *context, uint64_t *nanoseconds_per_step) {
  if (!context)
    return fovea_fail(FOVEA_ERROR_NULL, "the context is NULL");
  if (atomic_flag_test_and_set(&context->busy))
    return fovea_fail(FOVEA_ERROR_BUSY, "the context is in use by another call");
  context->workers[0].step_nanoseconds = nanoseconds_per_step;
  atomic_flag_clear(&context->busy);
  return FOVEA_OK;
}

void fovea_mark(fovea_worker *worker, uint32_t step) {
  worker->step = step + 1;
  if (!worker->step_nanoseconds)
    return;
  const uint64_t now = fovea_nanoseconds();
  worker->step_nanoseconds[step] += now - worker->mark_nanoseconds;
  worker->mark_nanoseconds = now;
}

uint64_t fovea_scratch_peak(const fovea_context *context) {
  uint64_t peak = 0;
  for (uint32_t i = 0; i < context->threads; ++i)
    peak = context->workers[i].scratch_peak > peak ? context->workers[i].scratch_peak : peak;
  return peak;
}
