/* Threads for parallel loops. The caller publishes a loop, and every thread claims tasks until none is left. The caller
 * waits only for tasks that others have claimed, never for a thread that has yet to wake up or to be scheduled. */
#define _GNU_SOURCE
#include "runtime/context.h"
#include "runtime/float_mode.h"

#include <sched.h>
#include <signal.h>
#include <time.h>

uint64_t fovea_nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* How long polling keeps its core busy before it offers it to others: see keep_polling. */
enum { PAUSE_NANOSECONDS = 2000 };

/* Lets a moment pass, unless polling since `start` has lasted long enough to sleep instead. On a busy machine the
 * thread that is waited for may be queued behind the one that polls; yielding then halves the time that loops take. */
static bool keep_polling(const fovea_context *context, uint64_t start) {
  const uint64_t waited = fovea_nanoseconds() - start;
  if (waited >= context->spin_nanoseconds)
    return false;
  if (waited >= PAUSE_NANOSECONDS) {
    sched_yield();
    return true;
  }
  for (int i = 0; i < 8; ++i) { /* about as long as it takes to read the clock */
#if defined(__x86_64__)
    __builtin_ia32_pause();
#else
    __asm__ volatile("yield");
#endif
  }
  return true;
}

static void wait_for(sem_t *semaphore) {
  while (sem_wait(semaphore) != 0) {
    /* interrupted by a signal */
  }
}

static void run_task(fovea_worker *worker, fovea_task task, int first, uint32_t place, uint8_t *closure) {
  fovea_context *context = worker->context;
  jmp_buf here, *outer = worker->escape;
  uint8_t *top = worker->scratch_top;
  fovea_block *last = worker->last_block;
  const bool failed_before = worker->failed;
  worker->escape = &here;
  worker->in_task = true;
  if (_setjmp(here) == 0) {
    int code = task(worker, (int)((unsigned)first + place), closure);
    if (code)
      fovea_note(worker, "task %u failed with code %d", place, code);
  }
  worker->escape = outer;
  worker->in_task = false;
  worker->scratch_top = top;
  worker->last_block = last;
  if (worker->failed && !failed_before) {
    worker->failed_task = place;
    atomic_store_explicit(&context->loop.failed, true, memory_order_relaxed);
  }
}

static bool has_tasks(fovea_loop *loop) { return (uint32_t)atomic_load(&loop->claim) != 0; }

/* Claims and runs tasks of the loop under way until none is left. Returns whether it ran any. */
static bool drain(fovea_worker *worker) {
  fovea_loop *loop = &worker->context->loop;
  uint32_t ran = 0, count = 0;
  uint_fast64_t claim = atomic_load_explicit(&loop->claim, memory_order_acquire);
  while ((uint32_t)claim != 0) {
    /* Possibly of a later loop, but then the claim word has changed and the exchange fails. */
    fovea_task task = atomic_load_explicit(&loop->task, memory_order_acquire);
    uint8_t *closure = atomic_load_explicit(&loop->closure, memory_order_acquire);
    int first = atomic_load_explicit(&loop->first, memory_order_acquire);
    count = atomic_load_explicit(&loop->count, memory_order_acquire);
    if (!atomic_compare_exchange_weak_explicit(&loop->claim, &claim, claim - 1, memory_order_acq_rel,
                                               memory_order_acquire))
      continue;
    run_task(worker, task, first, count - (uint32_t)claim, closure);
    ++ran;
    claim = atomic_load_explicit(&loop->claim, memory_order_acquire);
  }
  if (ran == 0)
    return false;
  if (atomic_fetch_add(&loop->finished, ran) + ran == count && atomic_exchange(&loop->waiting, false))
    sem_post(&loop->done);
  return true;
}

/* Waits until all tasks of the loop have ended: polls for a while, then sleeps. */
static void wait_until_finished(fovea_context *context, uint32_t count) {
  fovea_loop *loop = &context->loop;
  if (atomic_load(&loop->finished) == count)
    return;
  const uint64_t start = fovea_nanoseconds();
  while (atomic_load(&loop->finished) != count) {
    if (keep_polling(context, start))
      continue;
    atomic_store(&loop->waiting, true);
    /* Who has cleared the flag in between owes a post, which must not be left for the next loop. */
    if (atomic_load(&loop->finished) == count && atomic_exchange(&loop->waiting, false))
      return;
    wait_for(&loop->done);
  }
}

/* Wakes sleeping threads so that up to `wanted` are awake. */
static void wake(fovea_context *context, uint32_t wanted) {
  for (uint32_t i = 1; i <= context->started && wanted > 0; ++i, --wanted) {
    fovea_worker *worker = &context->workers[i];
    if (atomic_load(&worker->asleep) && atomic_exchange(&worker->asleep, false))
      sem_post(&worker->wake);
  }
}

/* What an executor runs: `index` names a worker, so that no two lanes share scratch memory. */
static void lane(void *argument, uint32_t index) {
  fovea_context *context = argument;
  const uint64_t mode = fovea_float_mode_set();
  if (index < context->threads)
    drain(&context->workers[index]);
  fovea_float_mode_restore(mode);
}

/* Leaves in `caller` the failure of lowest place of all workers, and none in the others. */
static void gather_failures(fovea_worker *caller) {
  fovea_context *context = caller->context;
  for (uint32_t i = 1; i < context->threads; ++i) {
    fovea_worker *other = &context->workers[i];
    if (!other->failed)
      continue;
    if (!caller->failed || other->failed_task < caller->failed_task) {
      caller->failed = false;
      fovea_note(caller, "%s", other->failure);
      caller->failed_task = other->failed_task;
    }
    other->failed = false;
  }
}

bool fovea_pool_run(fovea_worker *caller, fovea_task task, int first, uint32_t count, uint8_t *closure) {
  fovea_context *context = caller->context;
  fovea_loop *loop = &context->loop;
  const uint64_t generation = (uint64_t)atomic_load_explicit(&loop->claim, memory_order_relaxed) >> 32;
  atomic_store_explicit(&loop->task, task, memory_order_release);
  atomic_store_explicit(&loop->closure, closure, memory_order_release);
  atomic_store_explicit(&loop->first, first, memory_order_release);
  atomic_store_explicit(&loop->count, count, memory_order_release);
  atomic_store_explicit(&loop->finished, 0, memory_order_relaxed);
  atomic_store_explicit(&loop->failed, false, memory_order_relaxed);
  atomic_store(&loop->claim, (generation + 1) << 32 | count);
  if (context->parallel_for)
    context->parallel_for(context->executor, lane, context, count < context->threads ? count : context->threads);
  else
    wake(context, count - 1);
  drain(caller);
  wait_until_finished(context, count);
  if (!atomic_load_explicit(&loop->failed, memory_order_relaxed))
    return true;
  gather_failures(caller);
  return false;
}

/* Polls for a loop while a run is under way. Returns whether there is something to do other than to sleep. */
static bool poll_for_work(fovea_context *context) {
  const uint64_t start = fovea_nanoseconds();
  do {
    if (has_tasks(&context->loop) || atomic_load(&context->stopping))
      return true;
  } while (atomic_load(&context->running) && keep_polling(context, start));
  return false;
}

static void *work(void *argument) {
  fovea_worker *worker = argument;
  fovea_context *context = worker->context;
  fovea_float_mode_set();
  while (!atomic_load(&context->stopping)) {
    if (drain(worker) || poll_for_work(context))
      continue;
    atomic_store(&worker->asleep, true);
    /* What was published before the flag could be seen must not be slept through. */
    if ((has_tasks(&context->loop) || atomic_load(&context->stopping)) && atomic_exchange(&worker->asleep, false))
      continue;
    wait_for(&worker->wake);
  }
  return NULL;
}

int fovea_pool_start(fovea_context *context, uint64_t stack_bytes) {
  /* What the kernels need, and room for this file, libc, thread-local storage and an instrumented build. */
  const uint64_t page = 65536, stack = (stack_bytes + 4 * page + page - 1) / page * page;
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0)
    return fovea_fail(FOVEA_ERROR_THREAD, "no memory for the attributes of a thread");
  int error = pthread_attr_setstacksize(&attributes, stack);
  /* Signals are the business of the program's own threads. */
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  while (!error && context->started + 1 < context->threads) {
    fovea_worker *worker = &context->workers[context->started + 1];
    sem_init(&worker->wake, 0, 0);
    error = pthread_create(&worker->thread, &attributes, work, worker);
    if (!error)
      ++context->started;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  if (error)
    return fovea_fail(FOVEA_ERROR_THREAD, "could not start thread %u of %u with a stack of %llu bytes (error %d)",
                      context->started + 2, context->threads, (unsigned long long)stack, error);
  return FOVEA_OK;
}

void fovea_pool_stop(fovea_context *context) {
  atomic_store(&context->stopping, true);
  wake(context, context->started);
  for (uint32_t i = 1; i <= context->started; ++i) {
    pthread_join(context->workers[i].thread, NULL);
    sem_destroy(&context->workers[i].wake);
  }
}

void fovea_pool_begin(fovea_context *context) {
  atomic_store(&context->running, true);
  if (context->spin_nanoseconds)
    wake(context, context->started);
}

void fovea_pool_end(fovea_context *context) { atomic_store(&context->running, false); }
