/* What the parts of the runtime share: a context, its threads, and the one parallel loop that may be under way. */
#ifndef FOVEA_RUNTIME_CONTEXT_H
#define FOVEA_RUNTIME_CONTEXT_H

#include "runtime/model.h"

#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <stdbool.h>

/* A Halide loop body: returns 0, or an error. */
typedef int (*fovea_task)(void *user_context, int index, uint8_t *closure);

/* The head of a block of scratch memory; blocks form a stack. */
typedef struct fovea_block {
  struct fovea_block *below;
  bool freed;
} fovea_block;

struct fovea_worker {
  _Alignas(FOVEA_ALIGNMENT) fovea_context *context;
  uint8_t *scratch, *scratch_end, *scratch_top; /* this thread's slice of the arena, and its first free byte */
  fovea_block *last_block;                      /* the topmost live block, or NULL */
  uint64_t scratch_peak;                        /* most bytes of the slice ever in use */
  jmp_buf *escape;                              /* where fovea_escape goes */
  bool in_task;                                 /* runs a task of a parallel loop: loops inside it are serial */

  /* The first failure of this thread in the loop or kernel under way. */
  bool failed;
  uint32_t failed_task; /* the task's place in its loop */
  char failure[160];

  atomic_int cpu; /* where this thread last came to work; -1 before */

  /* This worker's share of the loop under way: generation << 32 | tasks of it that nobody has claimed. */
  _Alignas(FOVEA_ALIGNMENT) atomic_uint_fast64_t share;

  /* Used only in workers[0], whose thread is the caller of fovea_run. */
  uint32_t step;              /* the step under way */
  uint64_t *step_nanoseconds; /* where steps are charged, or NULL */
  uint64_t mark_nanoseconds;  /* when the step began */

  /* Used only in workers[1...], the threads that the context owns. */
  pthread_t thread;
  sem_t wake;
  atomic_bool asleep; /* about to wait for `wake`, or waiting; who clears it owes one post */
  pid_t thread_id;
  int kept_off; /* the CPU that it must not wake up on, to be allowed again; -1 if there is none */
};

/* The parallel loop under way. Its tasks are shared out among the workers. Once all shares have come to zero tasks no
 * claim can succeed until the caller publishes the next loop, so only then may these fields change.
 */
typedef struct fovea_loop {
  _Alignas(FOVEA_ALIGNMENT) atomic_uint generation; /* counts loops */
  _Atomic(fovea_task) task;
  _Atomic(uint8_t *) closure;
  atomic_int first;
  atomic_uint count;
  _Alignas(FOVEA_ALIGNMENT) atomic_uint finished; /* tasks that have ended */
  atomic_bool failed;                             /* a task has failed */
  atomic_bool waiting;                            /* the caller waits for `done`; who clears it owes one post */
  sem_t done;
} fovea_loop;

struct fovea_context {
  fovea_loop loop;
  const fovea_model *model;
  uint32_t target;             /* the one that was chosen, by its place in the description */
  const fovea_size_info *size; /* of the call under way or, if there is none, of the last one */
  uint8_t *arena;
  uint64_t arena_bytes;            /* with the scratch memory of all threads */
  void *owned_arena;               /* to be freed, or NULL */
  uint32_t threads;                /* workers, the caller's included */
  uint32_t started;                /* threads that run; they are workers[1 .. started] */
  uint64_t spin_nanoseconds;       /* how long a thread polls before it sleeps */
  int32_t steps[FOVEA_MAX_BOUNDS]; /* above the least sizes, of the call under way */
  const uint8_t *weights;          /* a mapped file from its beginning, or NULL */
  fovea_parallel_for parallel_for; /* the caller's executor, or NULL */
  void *executor;
  atomic_flag busy;
  atomic_bool running;  /* fovea_run is under way */
  atomic_bool stopping; /* the threads are to end */
  /* [inputs + 2] and [outputs], stored behind the workers: what fovea_run hands to the model. */
  const void **inputs;
  void **outputs;
  fovea_worker workers[];
};

/* error.c: formats the text of the calling thread's last error and returns `code`. */
int fovea_fail(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* sizes.c: makes `size` the one whose inputs have these shapes, one for each input in its order; or `steps` those of
 * these shapes, in a library with bounds. */
int fovea_choose_size(fovea_context *context, const int64_t *const *shapes);
/* bounds.c: the steps at which inputs have these shapes. */
int fovea_find_steps(const fovea_model *model, const int64_t *const *shapes, int32_t *steps);
/* bounds.c: bytes of tensor number `tensor`, inputs first, then outputs, at these steps. */
uint64_t fovea_bytes_at(const fovea_model *model, uint32_t tensor, const int32_t *steps);

/* halide.c: notes a failure of `worker`, unless it has one already. */
void fovea_note(fovea_worker *worker, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* halide.c: leaves the task or kernel that `worker` runs. Kernels are compiled without checks, so neither a NULL from
 * halide_malloc nor the result of a parallel loop would be looked at. */
_Noreturn void fovea_escape(fovea_worker *worker);

/* pool.c: starts the context's own threads. On failure those already started run on until fovea_pool_stop. */
int fovea_pool_start(fovea_context *context, uint64_t stack_bytes);
void fovea_pool_stop(fovea_context *context);
/* pool.c: let the threads poll for loops, and let them sleep. */
void fovea_pool_begin(fovea_context *context);
void fovea_pool_end(fovea_context *context);
/* pool.c: runs every task exactly once, on any worker. If tasks failed, notes in `caller` the failure of the failed
 * task of lowest index and returns false. */
bool fovea_pool_run(fovea_worker *caller, fovea_task task, int first, uint32_t count, uint8_t *closure);

/* Whether two ranges of bytes have one in common. */
static inline bool fovea_overlap(const void *a, uint64_t a_bytes, const void *b, uint64_t b_bytes) {
  return (uintptr_t)a < (uintptr_t)b + b_bytes && (uintptr_t)b < (uintptr_t)a + a_bytes;
}

/* Monotonic time. */
uint64_t fovea_nanoseconds(void);

#endif
