/* Threads for parallel loops. The caller publishes a loop, and every thread claims tasks until none is left: first
 * those of its own share, which are neighbours, then what others have left. So a thread works on the same part of the
 * maps from one kernel to the next, and finds it in its own caches. The caller waits only for tasks that others have
 * claimed, never for a thread that has yet to wake up or to be scheduled. */
#define _GNU_SOURCE
#include "runtime/context.h"
#include "runtime/float_mode.h"

#include <sched.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

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
  /* Tasks of other shares come in any order: a failure of lower place takes the place of one noted before. */
  const bool failed_before = worker->failed, lower = !failed_before || place < worker->failed_task;
  if (lower)
    worker->failed = false;
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
  if (worker->failed && lower) {
    worker->failed_task = place;
    atomic_store_explicit(&context->loop.failed, true, memory_order_relaxed);
  }
  worker->failed |= failed_before;
}

/* Where the share of worker `index` begins, among `count` tasks that as many workers as `parties` share. */
static uint32_t share_begin(uint32_t index, uint32_t count, uint32_t parties) {
  return (uint32_t)(((uint64_t)index * count + parties - 1) / parties);
}

static uint32_t parties_of(const fovea_context *context, uint32_t count) {
  return count < context->threads ? count : context->threads;
}

/* Claims and runs tasks of the share of `owner` until none is left, sets `count` to the tasks of the loop if it ran
 * any, and returns how many. */
static uint32_t drain_share(fovea_worker *worker, uint32_t owner, uint32_t *count) {
  fovea_context *context = worker->context;
  fovea_loop *loop = &context->loop;
  atomic_uint_fast64_t *share = &context->workers[owner].share;
  uint32_t ran = 0;
  uint_fast64_t claim = atomic_load_explicit(share, memory_order_acquire);
  while ((uint32_t)claim != 0) {
    /* Possibly of a later loop, but then the share has changed and the exchange fails. */
    fovea_task task = atomic_load_explicit(&loop->task, memory_order_acquire);
    uint8_t *closure = atomic_load_explicit(&loop->closure, memory_order_acquire);
    int first = atomic_load_explicit(&loop->first, memory_order_acquire);
    uint32_t all = atomic_load_explicit(&loop->count, memory_order_acquire);
    if (!atomic_compare_exchange_weak_explicit(share, &claim, claim - 1, memory_order_acq_rel, memory_order_acquire))
      continue;
    *count = all;
    run_task(worker, task, first, share_begin(owner + 1, all, parties_of(context, all)) - (uint32_t)claim, closure);
    ++ran;
    claim = atomic_load_explicit(share, memory_order_acquire);
  }
  return ran;
}

/* Claims and runs tasks of the loop under way until none is left: of its own share, then of the others'. What it runs
 * is of one loop, since no loop ends before its tasks are reported here. */
static void drain(fovea_worker *worker) {
  fovea_context *context = worker->context;
  fovea_loop *loop = &context->loop;
  const uint32_t own = (uint32_t)(worker - context->workers);
  uint32_t ran = 0, count = 0;
  for (uint32_t i = 0; i < context->threads; ++i)
    ran += drain_share(worker, (own + i) % context->threads, &count);
  if (ran && atomic_fetch_add(&loop->finished, ran) + ran == count && atomic_exchange(&loop->waiting, false))
    sem_post(&loop->done);
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

/* Has a sleeping thread wake up elsewhere than on `cpu`, where the one that wakes it goes on. A virtual machine's CPU
 * that has been idle for long is halted, which a scheduler takes for busy: it queues the thread here instead, for
 * milliseconds. */
static void keep_off(fovea_worker *worker, int cpu) {
  cpu_set_t allowed;
  worker->kept_off = -1;
  if (cpu < 0 || cpu >= CPU_SETSIZE || sched_getaffinity(worker->thread_id, sizeof allowed, &allowed) != 0 ||
      !CPU_ISSET((unsigned)cpu, &allowed) || CPU_COUNT(&allowed) == 1)
    return;
  CPU_CLR((unsigned)cpu, &allowed);
  if (sched_setaffinity(worker->thread_id, sizeof allowed, &allowed) == 0)
    worker->kept_off = cpu;
}

/* Allows the calling thread, which is awake, what keep_off has taken. */
static void let_back(fovea_worker *worker) {
  cpu_set_t allowed;
  if (worker->kept_off < 0 || sched_getaffinity(0, sizeof allowed, &allowed) != 0)
    return;
  CPU_SET((unsigned)worker->kept_off, &allowed);
  sched_setaffinity(0, sizeof allowed, &allowed);
}

/* Wakes sleeping threads so that up to `wanted` are awake. */
static void wake(fovea_context *context, uint32_t wanted) {
  for (uint32_t i = 1; i <= context->started && wanted > 0; ++i, --wanted) {
    fovea_worker *worker = &context->workers[i];
    if (!atomic_load(&worker->asleep) || !atomic_exchange(&worker->asleep, false))
      continue;
    keep_off(worker, context->spin_nanoseconds ? sched_getcpu() : -1); /* unless threads share cores anyhow */
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
  const uint32_t generation = atomic_load_explicit(&loop->generation, memory_order_relaxed) + 1;
  const uint32_t parties = parties_of(context, count);
  atomic_store_explicit(&loop->task, task, memory_order_release);
  atomic_store_explicit(&loop->closure, closure, memory_order_release);
  atomic_store_explicit(&loop->first, first, memory_order_release);
  atomic_store_explicit(&loop->count, count, memory_order_release);
  atomic_store_explicit(&loop->finished, 0, memory_order_relaxed);
  atomic_store_explicit(&loop->failed, false, memory_order_relaxed);
  for (uint32_t i = 0; i < parties; ++i) {
    const uint32_t tasks = share_begin(i + 1, count, parties) - share_begin(i, count, parties);
    atomic_store_explicit(&context->workers[i].share, (uint64_t)generation << 32 | tasks, memory_order_release);
  }
  atomic_store(&loop->generation, generation); /* last: who sees it sees all shares */
  if (context->parallel_for)
    context->parallel_for(context->executor, lane, context, parties);
  else
    wake(context, count - 1);
  drain(caller);
  wait_until_finished(context, count);
  if (!atomic_load_explicit(&loop->failed, memory_order_relaxed))
    return true;
  gather_failures(caller);
  return false;
}

/* Polls for a loop other than `seen` while a run is under way. Returns whether there is something to do other than to
 * sleep. */
static bool poll_for_work(fovea_context *context, uint32_t *seen) {
  const uint64_t start = fovea_nanoseconds();
  do {
    const uint32_t generation = atomic_load_explicit(&context->loop.generation, memory_order_acquire);
    if (generation != *seen || atomic_load(&context->stopping)) {
      *seen = generation;
      return true;
    }
  } while (atomic_load(&context->running) && keep_polling(context, start));
  return false;
}

/* Notes which CPU the calling thread is on, and leaves it if a worker before this one is there. A thread that wakes up
 * is often put where it ran last or where it was woken: schedulers save themselves the search for an idle CPU. Two
 * threads of a loop on one CPU take turns, which takes as long as one thread, until the load is balanced again. */
static void step_aside(fovea_worker *worker) {
  const fovea_context *context = worker->context;
  const int cpu = sched_getcpu();
  cpu_set_t allowed, others;
  CPU_ZERO(&others);
  for (const fovea_worker *other = context->workers; other != worker; ++other) {
    const int taken = atomic_load_explicit(&other->cpu, memory_order_relaxed);
    if (taken >= 0 && taken < CPU_SETSIZE)
      CPU_SET((unsigned)taken, &others);
  }
  atomic_store_explicit(&worker->cpu, cpu, memory_order_relaxed);
  if (cpu < 0 || cpu >= CPU_SETSIZE || !CPU_ISSET((unsigned)cpu, &others) ||
      sched_getaffinity(0, sizeof allowed, &allowed) != 0)
    return;
  CPU_AND(&others, &others, &allowed);
  CPU_XOR(&others, &others, &allowed); /* those that are allowed and not taken */
  if (CPU_COUNT(&others) == 0 || sched_setaffinity(0, sizeof others, &others) != 0)
    return;
  atomic_store_explicit(&worker->cpu, sched_getcpu(), memory_order_relaxed);
  sched_setaffinity(0, sizeof allowed, &allowed);
}

static void *work(void *argument) {
  fovea_worker *worker = argument;
  fovea_context *context = worker->context;
  uint32_t seen = 0;
  fovea_float_mode_set();
  worker->thread_id = gettid();
  step_aside(worker);
  while (!atomic_load(&context->stopping)) {
    if (poll_for_work(context, &seen)) {
      drain(worker);
      continue;
    }
    atomic_store(&worker->asleep, true);
    /* What was published before the flag could be seen must not be slept through. */
    const bool missed = atomic_load(&context->loop.generation) != seen || atomic_load(&context->stopping);
    if (missed && atomic_exchange(&worker->asleep, false))
      continue;
    wait_for(&worker->wake);
    let_back(worker);
    step_aside(worker);
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
  for (uint32_t i = 0; i < context->threads; ++i)
    atomic_init(&context->workers[i].cpu, -1);
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
  if (context->started)
    atomic_store_explicit(&context->workers[0].cpu, sched_getcpu(), memory_order_relaxed);
  atomic_store(&context->running, true);
  if (context->spin_nanoseconds)
    wake(context, context->started);
}

void fovea_pool_end(fovea_context *context) { atomic_store(&context->running, false); }
