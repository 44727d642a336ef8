// Parallel loops: every task exactly once, on a thread of its own scratch memory, at any number of threads.
#include "FakeNetwork.h"
#include "runtime/halide.h"

#include "gtest/gtest.h"
#include <atomic>
#include <csignal>
#include <filesystem>
#include <sched.h>
#include <thread>
#include <unistd.h>
#include <vector>
#include <xmmintrin.h>

namespace {

/// Loops in a kernel: each task counts itself and computes one element of y.
struct Loop {
  std::vector<std::atomic<int>> counts = std::vector<std::atomic<int>>(fakeElements);
  const float *x = nullptr;
  float *y = nullptr;
  int first = 0;

  static int task(void *, int index, uint8_t *closure) {
    auto *self = reinterpret_cast<Loop *>(closure);
    int i = index - self->first;
    ++self->counts[i];
    self->y[i] = self->x[i] * 3 + 1;
    return 0;
  }
};

int spin(void *, int index, uint8_t *closure) {
  volatile float sum = 0;
  for (int i = 0; i < 2000; ++i)
    sum = sum + 0.5f;
  reinterpret_cast<std::atomic<int> *>(closure)[index]++;
  return 0;
}

class PoolAtThreads : public testing::TestWithParam<uint32_t> {};

TEST_P(PoolAtThreads, RunsEachTaskOnce) {
  Loop loop;
  constexpr int loops = 200;
  fakeModel([&](fovea_worker *worker, uint8_t *, const float *x, float *y) {
    loop.x = x;
    loop.y = y;
    int code = 0;
    for (int i = 0; i < loops && !code; ++i) {
      loop.first = i % 3 - 1;
      // Counts of many sizes, fewer tasks than threads and none among them.
      code =
          halide_do_par_for(worker, Loop::task, loop.first, i * 7 % fakeElements, reinterpret_cast<uint8_t *>(&loop));
    }
    return code;
  });
  std::vector<int> expected(fakeElements);
  constexpr int runs = 20;
  for (int i = 0; i < loops; ++i)
    for (int k = 0; k < i * 7 % fakeElements; ++k)
      expected[k] += runs;
  FakeCall call(GetParam());
  for (int run = 0; run < runs; ++run)
    ASSERT_EQ(call.run(), FOVEA_OK) << fovea_last_error();
  for (int k = 0; k < fakeElements; ++k) {
    ASSERT_EQ(loop.counts[k], expected[k]) << "task " << k;
    if (expected[k]) {
      ASSERT_EQ(call.y[k], call.x[k] * 3 + 1);
    }
  }
}

TEST_P(PoolAtThreads, SleepsAndWakes) {
  std::vector<std::atomic<int>> counts(16);
  fakeModel([&](fovea_worker *worker, uint8_t *, const float *, float *) {
    int code = halide_do_par_for(worker, spin, 0, 16, reinterpret_cast<uint8_t *>(counts.data()));
    // Long enough for the threads to give up polling.
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    return code ? code : halide_do_par_for(worker, spin, 0, 16, reinterpret_cast<uint8_t *>(counts.data()));
  });
  FakeCall call(GetParam());
  for (int run = 0; run < 50; ++run) {
    ASSERT_EQ(call.run(), FOVEA_OK);
    if (run % 3 == 0)
      std::this_thread::sleep_for(std::chrono::microseconds(300));
  }
  for (auto &count : counts)
    EXPECT_EQ(count, 100);
}

/// Nested loops run on the thread of the outer task, which keeps its scratch memory.
int inner(void *context, int, uint8_t *closure) { return *reinterpret_cast<void **>(closure) == context ? 0 : 1; }
int outer(void *context, int, uint8_t *) {
  void *expected = context;
  return halide_do_par_for(context, inner, 0, 8, reinterpret_cast<uint8_t *>(&expected));
}

TEST_P(PoolAtThreads, RunsNestedLoopsSerially) {
  fakeModel([&](fovea_worker *worker, uint8_t *, const float *, float *) {
    return halide_do_par_for(worker, outer, 0, 64, nullptr);
  });
  FakeCall call(GetParam());
  for (int run = 0; run < 50; ++run)
    ASSERT_EQ(call.run(), FOVEA_OK) << fovea_last_error();
}

/// Tasks fill scratch memory and check after a while that nobody else wrote there.
int scratchTask(void *context, int index, uint8_t *) {
  auto *block = static_cast<volatile int *>(halide_malloc(context, 256 * sizeof(int)));
  for (int i = 0; i < 256; ++i)
    block[i] = index;
  int wrong = reinterpret_cast<uintptr_t>(block) % FOVEA_ALIGNMENT != 0;
  for (int i = 0; i < 256; ++i)
    wrong |= block[i] != index;
  halide_free(context, const_cast<int *>(block));
  return wrong;
}

TEST_P(PoolAtThreads, GivesEveryThreadItsOwnScratch) {
  fakeModel([&](fovea_worker *worker, uint8_t *, const float *, float *) {
    void *kept = halide_malloc(worker, 512);
    int code = halide_do_par_for(worker, scratchTask, 0, 500, nullptr);
    halide_free(worker, kept);
    return code;
  });
  FakeCall call(GetParam());
  for (int run = 0; run < 20; ++run)
    ASSERT_EQ(call.run(), FOVEA_OK) << fovea_last_error();
  EXPECT_LE(fovea_scratch_peak(call.context), FOVEA_SCRATCH_BLOCK(512) + FOVEA_SCRATCH_BLOCK(256 * sizeof(int)));
}

int failing(void *, int index, uint8_t *closure) {
  ++*reinterpret_cast<std::atomic<int> *>(closure);
  return index >= 20 ? index : 0;
}

TEST_P(PoolAtThreads, ReportsTheFailureOfLowestIndex) {
  std::atomic<int> ran = 0;
  bool returned = false;
  fakeModel([&](fovea_worker *worker, uint8_t *, const float *, float *) {
    halide_do_par_for(worker, failing, 0, 100, reinterpret_cast<uint8_t *>(&ran));
    returned = true; // never: compiled kernels would go on as if nothing had happened
    return 0;
  });
  FakeCall call(GetParam());
  for (int run = 0; run < 20; ++run) {
    EXPECT_EQ(call.run(), FOVEA_ERROR_KERNEL);
    EXPECT_STREQ(fovea_last_error(), "kernel 'work_0' of layer 'body.work' failed: task 20 failed with code 20");
  }
  EXPECT_FALSE(returned);
  // And the context still works.
  fakeModel([](fovea_worker *worker, uint8_t *, const float *, float *) {
    return halide_do_par_for(worker, scratchTask, 0, 50, nullptr);
  });
  EXPECT_EQ(call.run(), FOVEA_OK) << fovea_last_error();
}

/// Long enough for every thread to get some.
int roundingTask(void *, int, uint8_t *) {
  std::this_thread::sleep_for(std::chrono::microseconds(50));
  return _mm_getcsr() & 0xffc0 & ~0x1f80;
}

TEST_P(PoolAtThreads, RunsInTheDefaultFloatingPointMode) {
  fakeModel([&](fovea_worker *worker, uint8_t *, const float *, float *) {
    return halide_do_par_for(worker, roundingTask, 0, 64, nullptr);
  });
  const unsigned flushToZeroAndRoundUp = 0x1f80 | 0x8000 | 0x4000;
  const unsigned before = _mm_getcsr();
  _mm_setcsr(flushToZeroAndRoundUp);
  FakeCall call(GetParam());
  EXPECT_EQ(call.run(), FOVEA_OK) << fovea_last_error();
  EXPECT_EQ(_mm_getcsr() & 0xffc0, flushToZeroAndRoundUp) << "the caller's mode was not restored";
  _mm_setcsr(before);
}

INSTANTIATE_TEST_SUITE_P(Threads, PoolAtThreads, testing::Values(1, 2, 3, 8));

cpu_set_t setOf(std::initializer_list<int> cpus) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (int cpu : cpus)
    CPU_SET(cpu, &set);
  return set;
}

/// Counts the tasks that threads other than the caller run on its CPU, and elsewhere.
struct Places {
  pid_t caller = gettid();
  int callersCpu;
  std::atomic<int> there = 0, elsewhere = 0;

  static int task(void *, int, uint8_t *closure) {
    auto *self = reinterpret_cast<Places *>(closure);
    if (gettid() != self->caller)
      ++(sched_getcpu() == self->callersCpu ? self->there : self->elsewhere);
    const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(20);
    while (std::chrono::steady_clock::now() < end) {
    }
    return 0;
  }
};

TEST(Pool, LeavesTheCpuOfTheCaller) {
  cpu_set_t allowed;
  ASSERT_EQ(sched_getaffinity(0, sizeof allowed, &allowed), 0);
  std::vector<int> cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(cpu, &allowed))
      cpus.push_back(cpu);
  if (cpus.size() < 2)
    GTEST_SKIP() << "one CPU";
  const cpu_set_t one = setOf({cpus[0]}), two = setOf({cpus[0], cpus[1]});
  sched_setaffinity(0, sizeof two, &two);
  Places places{.callersCpu = cpus[0]};
  fakeModel([&](fovea_worker *worker, uint8_t *, const float *, float *) {
    return halide_do_par_for(worker, Places::task, 0, 10, reinterpret_cast<uint8_t *>(&places));
  });
  FakeCall call(2);
  std::vector<pid_t> threads; // but the caller
  for (const auto &entry : std::filesystem::directory_iterator("/proc/self/task"))
    if (pid_t thread = std::stoi(entry.path().filename()); thread != places.caller)
      threads.push_back(thread);
  sched_setaffinity(0, sizeof one, &one);
  for (int run = 0; run < 4; ++run) {
    // The pool's thread last ran on the caller's CPU, and may run on the other.
    for (const cpu_set_t *set : {&one, &two})
      for (pid_t thread : threads)
        sched_setaffinity(thread, sizeof *set, set);
    for (int i = 0; i < 500; ++i)
      ASSERT_EQ(call.run(), FOVEA_OK);
  }
  // A busy machine may move it back, again and again.
  EXPECT_GT(places.elsewhere, 0) << places.there << " tasks ran on the caller's CPU";
  // Where a thread may run is as before once it is awake, also where that is the caller's CPU alone.
  for (const cpu_set_t *set : {&two, &one}) {
    for (pid_t thread : threads)
      sched_setaffinity(thread, sizeof *set, set);
    ASSERT_EQ(call.run(), FOVEA_OK);
    for (pid_t thread : threads) {
      cpu_set_t now = setOf({});
      for (int i = 0; i < 1000 && !CPU_EQUAL(&now, set); ++i) {
        usleep(1000);
        sched_getaffinity(thread, sizeof now, &now);
      }
      EXPECT_TRUE(CPU_EQUAL(&now, set));
    }
  }
  sched_setaffinity(0, sizeof allowed, &allowed);
}

/// An executor that starts a thread for each lane; its lanes come late and in any order.
void threadPerLane(void *executor, void (*lane)(void *, uint32_t), void *argument, uint32_t count) {
  ++*static_cast<int *>(executor);
  std::vector<std::thread> threads;
  for (uint32_t i = count; i-- > 0;)
    threads.emplace_back(lane, argument, i);
  for (std::thread &thread : threads)
    thread.join();
}
void noLane(void *, void (*)(void *, uint32_t), void *, uint32_t) {}
void serialLanes(void *, void (*lane)(void *, uint32_t), void *argument, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i)
    lane(argument, i);
}

TEST(Executor, RunsEachTaskOnce) {
  std::vector<std::atomic<int>> counts(64);
  fakeModel([&](fovea_worker *worker, uint8_t *, const float *, float *) {
    return halide_do_par_for(worker, spin, 0, 64, reinterpret_cast<uint8_t *>(counts.data()));
  });
  int calls = 0;
  fovea_parallel_for executors[] = {threadPerLane, noLane, serialLanes};
  for (fovea_parallel_for executor : executors) {
    FakeCall call(4, executor, &calls);
    for (int run = 0; run < 10; ++run)
      ASSERT_EQ(call.run(), FOVEA_OK);
  }
  EXPECT_EQ(calls, 10);
  for (auto &count : counts)
    EXPECT_EQ(count, 30);
}

TEST(Contexts, WorkSideBySide) {
  fakeModel([&](fovea_worker *worker, uint8_t *, const float *, float *) {
    return halide_do_par_for(worker, scratchTask, 0, 40, nullptr);
  });
  std::vector<std::thread> threads;
  std::atomic<int> failures = 0;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int round = 0; round < 5; ++round) {
        FakeCall call(3);
        for (int run = 0; run < 20; ++run)
          failures += call.run() != FOVEA_OK;
      }
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(failures, 0);
}

TEST(Contexts, SecondCallIsBusy) {
  std::atomic<bool> entered = false, leave = false;
  fakeModel([&](fovea_worker *, uint8_t *, const float *, float *) {
    entered = true;
    while (!leave)
      std::this_thread::yield();
    return 0;
  });
  FakeCall call;
  std::thread first([&] { EXPECT_EQ(call.run(), FOVEA_OK); });
  while (!entered)
    std::this_thread::yield();
  EXPECT_EQ(call.run(), FOVEA_ERROR_BUSY);
  EXPECT_STREQ(fovea_last_error(), "the context is in use by another call");
  EXPECT_EQ(fovea_profile(call.context, nullptr), FOVEA_ERROR_BUSY);
  leave = true;
  first.join();
  EXPECT_EQ(call.run(), FOVEA_OK);
}

} // namespace
