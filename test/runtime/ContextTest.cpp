// Creation, misuse, memory, profiling and the CPU check.
#include "FakeNetwork.h"
#include "runtime/cpu.h"
#include "runtime/halide.h"

#include "gtest/gtest.h"
#include <cstring>
#include <thread>
#include <vector>

namespace {

int doNothing(fovea_worker *, uint8_t *, const float *, float *) { return 0; }

fovea_options someOptions() {
  return {sizeof(fovea_options), FOVEA_OPTIONS_VERSION, 1, 0, nullptr, 0, nullptr, nullptr, nullptr, nullptr};
}

/// Creates a context with `options`, expects `code`, and returns the text of the error.
std::string createError(const fovea_options *options, int code) {
  fovea_context *context = reinterpret_cast<fovea_context *>(1);
  EXPECT_EQ(fovea_create(&mutableFakeModel(), options, &context), code);
  EXPECT_EQ(context, nullptr) << "a failed call must leave no context";
  return fovea_last_error();
}

TEST(Create, DefaultsWithoutOptions) {
  fakeModel(doNothing);
  fovea_context *context = nullptr;
  ASSERT_EQ(fovea_create(&mutableFakeModel(), nullptr, &context), FOVEA_OK);
  fovea_destroy(context);
  fovea_destroy(nullptr);
}

TEST(Create, RefusesOptionsItDoesNotUnderstand) {
  fakeModel(doNothing);
  EXPECT_EQ(fovea_create(&mutableFakeModel(), nullptr, nullptr), FOVEA_ERROR_NULL);

  fovea_options options = someOptions();
  options.size = 4;
  EXPECT_EQ(createError(&options, FOVEA_ERROR_OPTIONS),
            "size of the options is 4; expected sizeof the struct, 64 here");
  options = someOptions();
  options.version = 7;
  EXPECT_EQ(createError(&options, FOVEA_ERROR_OPTIONS), "version of the options is 7; this library knows version 1");
  options = someOptions();
  options.reserved = 1;
  createError(&options, FOVEA_ERROR_OPTIONS);
  options = someOptions();
  options.arena_bytes = 64;
  EXPECT_EQ(createError(&options, FOVEA_ERROR_OPTIONS), "arena_bytes is 64, but arena is NULL");
  options = someOptions();
  options.threads = FOVEA_MAX_THREADS + 1;
  EXPECT_EQ(createError(&options, FOVEA_ERROR_OPTIONS), "1025 threads asked for; at most 1024 are possible");
}

TEST(Create, AcceptsShorterAndLongerOptions) {
  fakeModel(doNothing);
  struct {
    fovea_options options;
    uint64_t later;
  } longer = {someOptions(), 0};
  longer.options.size = sizeof longer;
  fovea_context *context = nullptr;
  ASSERT_EQ(fovea_create(&mutableFakeModel(), &longer.options, &context), FOVEA_OK);
  fovea_destroy(context);
  longer.later = 1;
  EXPECT_EQ(createError(&longer.options, FOVEA_ERROR_OPTIONS),
            "byte 64 of the options is set, but this library knows only 64 bytes");

  // What lies beyond the stated size must not be looked at.
  fovea_options shorter = someOptions();
  shorter.size = offsetof(fovea_options, threads);
  shorter.threads = ~0u;
  ASSERT_EQ(fovea_create(&mutableFakeModel(), &shorter, &context), FOVEA_OK);
  fovea_destroy(context);
}

/// What a network of three targets runs: the place of the one that was chosen, or the code of an error.
int chosenTarget(const char *wanted, uint64_t best, uint64_t middle, uint64_t least) {
  static int ran;
  static const fovea_program programs[] = {
      [](fovea_worker *, uint8_t *, const void *const *, void *const *) { return ran = 0; },
      [](fovea_worker *, uint8_t *, const void *const *, void *const *) { return (ran = 1) - 1; },
      [](fovea_worker *, uint8_t *, const void *const *, void *const *) { return (ran = 2) - 2; }};
  const fovea_target_info targets[] = {{"best", best}, {"middle", middle}, {"least", least}};
  fovea_model model = fakeModel(doNothing);
  model.description.target = "best, middle, least";
  model.description.target_count = 3;
  model.description.targets = targets;
  model.programs = programs;
  fovea_options options = someOptions();
  options.target = wanted;
  fovea_context *context = nullptr;
  if (int code = fovea_create(&model, &options, &context))
    return code;
  std::vector<float> x(fakeElements), y(fakeElements);
  fovea_buffer input = {x.data(), fakeBytes}, output = {y.data(), fakeBytes};
  ran = -100;
  EXPECT_EQ(fovea_run(context, &input, &output), FOVEA_OK);
  fovea_destroy(context);
  return ran;
}

/// A network "fake" of the sizes 2 and 3, whose inputs x and z are [size, 4] and [1, size], for two targets. Its
/// programs write 10 * size + target to y[0].
const fovea_model &shapedModel() {
  static const int64_t shapes[][2] = {{2, 4}, {1, 2}, {3, 4}, {1, 3}, {1, 1}};
  static const char *const axes[] = {"n", "c"};
  static const fovea_tensor_info inputs[] = {{"x", "f32", 2, shapes[0], axes, 32},
                                             {"z", "f32", 2, shapes[1], axes, 8},
                                             {"x", "f32", 2, shapes[2], axes, 48},
                                             {"z", "f32", 2, shapes[3], axes, 12}};
  static const fovea_tensor_info output = {"y", "f32", 2, shapes[4], axes, 4};
  static const fovea_step_info steps[] = {{"work_0", "body.work", 1, 1}, {"fail_1", "body.fail", 1, 1}};
  static const fovea_size_info sizes[] = {{2, inputs, &output, steps, 1}, {3, inputs + 2, &output, steps, 2}};
  static const fovea_target_info targets[] = {{"best", 0}, {"least", 0}};
  static const auto write = [](void *const *outputs, float value) { *static_cast<float *>(outputs[0]) = value; };
  static const fovea_program programs[] = {
      [](fovea_worker *, uint8_t *, const void *const *, void *const *y) { return write(y, 20), 0; },
      [](fovea_worker *, uint8_t *, const void *const *, void *const *y) { return write(y, 21), 0; },
      [](fovea_worker *worker, uint8_t *, const void *const *, void *const *y) {
        write(y, 30);
        fovea_mark(worker, 0);
        return -5;
      },
      [](fovea_worker *, uint8_t *, const void *const *, void *const *y) { return write(y, 31), 0; }};
  static const fovea_model model = {{FOVEA_ABI_VERSION,
                                     sizeof(fovea_description),
                                     2,
                                     1,
                                     2,
                                     2,
                                     "fake",
                                     "best, least",
                                     "0",
                                     inputs + 2,
                                     &output,
                                     steps,
                                     0,
                                     0,
                                     4096,
                                     0,
                                     targets,
                                     fovea_notices,
                                     sizes,
                                     2,
                                     0,
                                     0,
                                     nullptr,
                                     0},
                                    programs,
                                    nullptr,
                                    nullptr,
                                    nullptr,
                                    nullptr};
  return model;
}

/// Runs it on inputs of these shapes; the number that it wrote, or the code of an error.
float runShaped(const char *target, std::vector<int64_t> xShape, std::vector<int64_t> zShape) {
  fovea_options options = someOptions();
  options.target = target;
  fovea_context *context = nullptr;
  EXPECT_EQ(fovea_create(&shapedModel(), &options, &context), FOVEA_OK);
  std::vector<float> x(xShape[0] * xShape[1]), z(zShape[0] * zShape[1]);
  float y = 0;
  const fovea_buffer inputs[] = {{x.data(), x.size() * 4}, {z.data(), z.size() * 4}}, output = {&y, 4};
  const int64_t *shapes[] = {xShape.data(), zShape.data()};
  int code = fovea_run_shaped(context, shapes, inputs, &output);
  fovea_destroy(context);
  return code ? float(code) : y;
}

TEST(Shape, ChoosesTheSize) {
  EXPECT_EQ(runShaped(nullptr, {2, 4}, {1, 2}), 20);
  EXPECT_EQ(runShaped("least", {2, 4}, {1, 2}), 21);
  EXPECT_EQ(runShaped("least", {3, 4}, {1, 3}), 31);
  EXPECT_EQ(runShaped(nullptr, {3, 4}, {1, 3}), FOVEA_ERROR_KERNEL);
  EXPECT_STREQ(fovea_last_error(), "kernel 'fail_1' of layer 'body.fail' failed: it returned code -5");
}

TEST(Shape, HasToBeThatOfASize) {
  for (auto [x, z] : {std::pair(std::vector<int64_t>{2, 4}, std::vector<int64_t>{1, 3}), {{4, 2}, {1, 2}}}) {
    EXPECT_EQ(runShaped(nullptr, x, z), FOVEA_ERROR_SHAPE);
    std::string given = "no size for x[n=" + std::to_string(x[0]) + ", c=" + std::to_string(x[1]) +
                        "], z[n=1, c=" + std::to_string(z[1]) + "]; ";
    EXPECT_EQ(fovea_last_error(), given + "the library has size 2: x[n=2, c=4], z[n=1, c=2]; 3: x[n=3, c=4], "
                                          "z[n=1, c=3]");
  }
}

TEST(Target, IsTheBestThatTheCpuHas) {
  const uint64_t present = fovea_cpu_features(), more = present | UINT64_C(1) << 62;
  EXPECT_EQ(chosenTarget(nullptr, present, present, 0), 0);
  EXPECT_EQ(chosenTarget(nullptr, more, present, 0), 1);
  EXPECT_EQ(chosenTarget(nullptr, more, more, 0), 2);
}

TEST(Target, OfTheOptions) {
  const uint64_t more = fovea_cpu_features() | UINT64_C(1) << 62;
  EXPECT_EQ(chosenTarget("least", 0, 0, 0), 2);
  EXPECT_EQ(chosenTarget("middle", more, 0, 0), 1);
  EXPECT_EQ(chosenTarget("best", more, 0, 0), FOVEA_ERROR_UNSUPPORTED);
  EXPECT_STREQ(fovea_last_error(), "this CPU lacks feature bit 62, which target 'best' needs; the library was compiled "
                                   "for best, middle, least");
  EXPECT_EQ(chosenTarget("worst", 0, 0, 0), FOVEA_ERROR_OPTIONS);
  EXPECT_STREQ(fovea_last_error(), "no target 'worst' in the library; it was compiled for best, middle, least");
  EXPECT_EQ(chosenTarget("", 0, 0, 0), FOVEA_ERROR_OPTIONS);
}

TEST(Target, NoneFits) {
  const uint64_t more = fovea_cpu_features() | UINT64_C(1) << 62;
  EXPECT_EQ(chosenTarget(nullptr, more | UINT64_C(1) << 63, more | UINT64_C(1) << 63, more), FOVEA_ERROR_UNSUPPORTED);
  EXPECT_STREQ(fovea_last_error(),
               "this CPU lacks feature bit 62, which target 'least' needs; the library was compiled "
               "for best, middle, least");
}

TEST(Cpu, NamesFeatures) {
  char text[256];
  fovea_cpu_names(FOVEA_CPU_MASK(AVX512F) | FOVEA_CPU_MASK(AVX512BW), text, sizeof text);
  EXPECT_STREQ(text, "avx512f, avx512bw");
  fovea_cpu_names(0, text, sizeof text);
  EXPECT_STREQ(text, "");
  fovea_cpu_names(~UINT64_C(0), text, 20);
  EXPECT_STREQ(text, "ssse3, sse4.1");
}

#if defined(__x86_64__)
TEST(Cpu, AgreesWithTheCompilersRuntime) {
  const uint64_t features = fovea_cpu_features();
#define EXPECT_FEATURE(identifier, name)                                                                               \
  EXPECT_EQ((features & FOVEA_CPU_MASK(identifier)) != 0, __builtin_cpu_supports(name) != 0) << name
  EXPECT_FEATURE(SSSE3, "ssse3");
  EXPECT_FEATURE(SSE4_1, "sse4.1");
  EXPECT_FEATURE(SSE4_2, "sse4.2");
  EXPECT_FEATURE(SSE4A, "sse4a");
  EXPECT_FEATURE(POPCNT, "popcnt");
  EXPECT_FEATURE(AVX, "avx");
  EXPECT_FEATURE(AVX2, "avx2");
  EXPECT_FEATURE(FMA, "fma");
  EXPECT_FEATURE(BMI1, "bmi");
  EXPECT_FEATURE(BMI2, "bmi2");
  EXPECT_FEATURE(GFNI, "gfni");
  EXPECT_FEATURE(AVX512F, "avx512f");
  EXPECT_FEATURE(AVX512CD, "avx512cd");
  EXPECT_FEATURE(AVX512BW, "avx512bw");
  EXPECT_FEATURE(AVX512DQ, "avx512dq");
  EXPECT_FEATURE(AVX512VL, "avx512vl");
  EXPECT_FEATURE(AVX512IFMA, "avx512ifma");
  EXPECT_FEATURE(AVX512VBMI, "avx512vbmi");
  EXPECT_FEATURE(AVX512VBMI2, "avx512vbmi2");
  EXPECT_FEATURE(AVX512VNNI, "avx512vnni");
  EXPECT_FEATURE(AVX512BITALG, "avx512bitalg");
  EXPECT_FEATURE(AVX512VPOPCNTDQ, "avx512vpopcntdq");
  EXPECT_FEATURE(AVX512BF16, "avx512bf16");
}
#endif

TEST(Run, ChecksTheBuffers) {
  fakeModel(doNothing);
  FakeCall call;
  auto expectError = [&](int code, const char *text) {
    EXPECT_EQ(call.run(), code);
    EXPECT_STREQ(fovea_last_error(), text);
    call.input = {call.x, fakeBytes};
    call.output = {call.y, fakeBytes};
    EXPECT_EQ(call.run(), FOVEA_OK);
  };
  EXPECT_EQ(fovea_run(nullptr, &call.input, &call.output), FOVEA_ERROR_NULL);
  EXPECT_EQ(fovea_run(call.context, nullptr, &call.output), FOVEA_ERROR_NULL);
  EXPECT_STREQ(fovea_last_error(), "the array of inputs is NULL");
  EXPECT_EQ(fovea_run(call.context, &call.input, nullptr), FOVEA_ERROR_NULL);
  call.input.data = nullptr;
  expectError(FOVEA_ERROR_NULL, "input 'x' is NULL");
  call.output.data = nullptr;
  expectError(FOVEA_ERROR_NULL, "output 'y' is NULL");
  call.input.bytes = 12;
  expectError(FOVEA_ERROR_SIZE, "input 'x' has 12 bytes; expected 4096");
  call.output.bytes = fakeBytes + 4;
  expectError(FOVEA_ERROR_SIZE, "output 'y' has 4100 bytes; expected 4096");
  call.input.data = reinterpret_cast<char *>(call.x) + 2;
  expectError(FOVEA_ERROR_ALIGNMENT, "input 'x' is not aligned to its elements of type f32");
  call.output.data = call.x + 8;
  expectError(FOVEA_ERROR_OVERLAP, "output 'y' shares bytes with input 'x'");
}

TEST(Arena, OfTheCaller) {
  uint8_t *seen = nullptr;
  fakeModel(
      [&](fovea_worker *worker, uint8_t *arena, const float *, float *) {
        seen = arena;
        std::memset(arena, 1, 300);
        void *block = halide_malloc(worker, 1000);
        std::memset(block, 2, 1000);
        halide_free(worker, block);
        return 0;
      },
      300, 2048);
  // 300 bytes are dealt out as 320.
  constexpr uint64_t bytes = 320 + 2048 + FOVEA_SCRATCH_GAP + 2048;
  alignas(64) static uint8_t memory[bytes + 64];
  std::memset(memory, 0xee, sizeof memory);
  fovea_options options = someOptions();
  options.threads = 2;
  options.arena = memory;
  options.arena_bytes = bytes - 1;
  EXPECT_EQ(createError(&options, FOVEA_ERROR_SIZE),
            "the arena has 266559 bytes; expected at least 266560 for 2 threads");
  options.arena = memory + 32;
  options.arena_bytes = bytes;
  EXPECT_EQ(createError(&options, FOVEA_ERROR_ALIGNMENT), "the arena is not aligned to 64 bytes");
  options.arena = memory;
  fovea_context *context = nullptr;
  ASSERT_EQ(fovea_create(&mutableFakeModel(), &options, &context), FOVEA_OK);
  std::vector<float> x(fakeElements), y(fakeElements);
  fovea_buffer input = {x.data(), fakeBytes}, output = {y.data(), fakeBytes};
  EXPECT_EQ(fovea_run(context, &input, &output), FOVEA_OK);
  EXPECT_EQ(seen, memory);
  EXPECT_EQ(memory[bytes], 0xee);
  input.data = memory;
  EXPECT_EQ(fovea_run(context, &input, &output), FOVEA_ERROR_OVERLAP);
  EXPECT_STREQ(fovea_last_error(), "input 'x' shares bytes with the arena");
  fovea_destroy(context);
}

TEST(Scratch, IsAStackThatMayBeFreedInAnyOrder) {
  uint64_t blocks[3] = {};
  fakeModel([&](fovea_worker *worker, uint8_t *, const float *, float *) {
    for (int round = 0; round < 100; ++round) {
      void *a = halide_malloc(worker, 1000), *b = halide_malloc(worker, 1), *c = halide_malloc(worker, 0);
      void *all[] = {a, b, c};
      for (int i = 0; i < 3; ++i)
        blocks[i] = reinterpret_cast<uintptr_t>(all[i]);
      halide_free(worker, a); // not the topmost: goes with c
      halide_free(worker, b);
      halide_free(worker, c);
      halide_free(worker, nullptr);
      if (halide_malloc(worker, 8) != a)
        return 1;
      halide_free(worker, a);
    }
    return 0;
  });
  FakeCall call;
  ASSERT_EQ(call.run(), FOVEA_OK) << fovea_last_error();
  EXPECT_EQ(blocks[0] % FOVEA_ALIGNMENT, 0u);
  EXPECT_GE(blocks[1], blocks[0] + 1000 + 8);
  EXPECT_GE(blocks[2], blocks[1] + 1 + 8);
  EXPECT_EQ(fovea_scratch_peak(call.context),
            FOVEA_SCRATCH_BLOCK(1000) + FOVEA_SCRATCH_BLOCK(1) + FOVEA_SCRATCH_BLOCK(0));
}

TEST(Scratch, ExhaustionFailsTheRun) {
  size_t wanted = 0;
  fakeModel([&](fovea_worker *worker, uint8_t *, const float *, float *y) {
    void *block = halide_malloc(worker, wanted);
    y[0] = block ? 1 : 0; // not reached: a kernel compiled without checks would write through NULL
    halide_free(worker, block);
    return 0;
  });
  FakeCall call;
  for (size_t size : {size_t(4096), size_t(1) << 40, SIZE_MAX, SIZE_MAX - 63}) {
    wanted = size;
    call.y[0] = -1;
    EXPECT_EQ(call.run(), FOVEA_ERROR_KERNEL);
    EXPECT_EQ(fovea_last_error(), "kernel 'work_0' of layer 'body.work' failed: out of scratch memory: " +
                                      std::to_string(size) + " bytes wanted, 4096 of 4096 left");
    EXPECT_EQ(call.y[0], -1);
  }
  wanted = 4096 - FOVEA_ALIGNMENT - 8;
  EXPECT_EQ(call.run(), FOVEA_OK) << fovea_last_error();
}

TEST(Scratch, ExhaustionInATaskFailsTheRun) {
  fakeModel([&](fovea_worker *worker, uint8_t *, const float *, float *) {
    auto task = [](void *context, int index, uint8_t *) {
      halide_malloc(context, index == 30 ? 5000 : 500); // left for the runtime to take back
      return 0;
    };
    return halide_do_par_for(worker, task, 0, 64, nullptr);
  });
  FakeCall call(3);
  for (int run = 0; run < 10; ++run) {
    EXPECT_EQ(call.run(), FOVEA_ERROR_KERNEL);
    EXPECT_STREQ(fovea_last_error(), "kernel 'work_0' of layer 'body.work' failed: out of scratch memory: 5000 bytes "
                                     "wanted, 4096 of 4096 left");
  }
}

TEST(Kernel, FailuresAreReported) {
  fakeModel([](fovea_worker *, uint8_t *, const float *, float *) { return 42; });
  FakeCall call;
  EXPECT_EQ(call.run(), FOVEA_ERROR_KERNEL);
  EXPECT_STREQ(fovea_last_error(), "kernel 'work_0' of layer 'body.work' failed: it returned code 42");

  fakeModel([](fovea_worker *worker, uint8_t *, const float *, float *) {
    return halide_error_host_is_null(worker, "weights");
  });
  EXPECT_EQ(call.run(), FOVEA_ERROR_KERNEL);
  EXPECT_STREQ(fovea_last_error(), "kernel 'work_0' of layer 'body.work' failed: host_is_null: weights");

  fakeModel(doNothing);
  EXPECT_EQ(call.run(), FOVEA_OK);
}

TEST(Profile, AddsUpTimesOfSteps) {
  fakeModel([](fovea_worker *, uint8_t *, const float *, float *) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    return 0;
  });
  FakeCall call;
  uint64_t nanoseconds[2] = {};
  EXPECT_EQ(fovea_profile(nullptr, nanoseconds), FOVEA_ERROR_NULL);
  ASSERT_EQ(fovea_profile(call.context, nanoseconds), FOVEA_OK);
  for (int run = 0; run < 3; ++run)
    ASSERT_EQ(call.run(), FOVEA_OK);
  EXPECT_GE(nanoseconds[0], 6000000u);
  EXPECT_LT(nanoseconds[1], 1000000u);
  ASSERT_EQ(fovea_profile(call.context, nullptr), FOVEA_OK);
  const uint64_t before = nanoseconds[0];
  ASSERT_EQ(call.run(), FOVEA_OK);
  EXPECT_EQ(nanoseconds[0], before);
}

} // namespace
