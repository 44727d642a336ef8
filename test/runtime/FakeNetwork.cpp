#include "FakeNetwork.h"

#include <cstdlib>

static FakeKernel theKernel;
static fovea_model theModel;
static fovea_target_info theTarget;
static fovea_size_info theSize;

static int runSteps(fovea_worker *worker, uint8_t *arena, const void *const *inputs, void *const *outputs) {
  if (int code = theKernel(worker, arena, static_cast<const float *>(inputs[0]), static_cast<float *>(outputs[0])))
    return code;
  fovea_mark(worker, 0);
  fovea_mark(worker, 1);
  return 0;
}

const fovea_model &fakeModel(FakeKernel kernel, uint64_t arenaBytes, uint64_t scratchBytes) {
  static const int64_t shape[] = {1, fakeElements};
  static const char *const axes[] = {"n", "c"};
  static const fovea_tensor_info input = {"x", "f32", 2, shape, axes, fakeBytes};
  static const fovea_tensor_info output = {"y", "f32", 2, shape, axes, fakeBytes};
  static const fovea_step_info steps[] = {{"work_0", "body.work", 2048, 8192}, {"idle_1", "body.idle", 0, 0}};
  static const fovea_program programs[] = {runSteps};
  theTarget = {"a CPU of the test", 0};
  theKernel = std::move(kernel);
  theSize = {0, &input, &output, steps, 2};
  theModel = {{FOVEA_ABI_VERSION,
               sizeof(fovea_description),
               1,
               1,
               2,
               1,
               "fake",
               "a CPU of the test",
               "0",
               &input,
               &output,
               steps,
               arenaBytes,
               scratchBytes,
               4096,
               0,
               &theTarget,
               fovea_notices,
               &theSize,
               1,
               0,
               0,
               nullptr,
               0},
              programs,
              nullptr,
              nullptr,
              nullptr,
              nullptr};
  return theModel;
}

fovea_model &mutableFakeModel() { return theModel; }

FakeCall::FakeCall(uint32_t threads, fovea_parallel_for parallelFor, void *executor) {
  for (int i = 0; i < fakeElements; ++i)
    x[i] = static_cast<float>(i);
  fovea_options options = {
      sizeof options, FOVEA_OPTIONS_VERSION, threads, 0, nullptr, 0, parallelFor, executor, nullptr, nullptr};
  if (fovea_create(&theModel, &options, &context) != FOVEA_OK)
    std::abort();
}
