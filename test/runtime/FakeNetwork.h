// A network written by hand, with kernels in C++ that ask the runtime for the same services as compiled ones.
#ifndef FOVEA_TEST_RUNTIME_FAKENETWORK_H
#define FOVEA_TEST_RUNTIME_FAKENETWORK_H

#include "runtime/model.h"

#include <functional>

/// Elements of the only input "x" and the only output "y", both f32.
constexpr int fakeElements = 1024;
constexpr uint64_t fakeBytes = fakeElements * sizeof(float);

/// What the network does in its only step; kernels get the arguments of fovea_model::run.
using FakeKernel = std::function<int(fovea_worker *, uint8_t *arena, const float *x, float *y)>;

/// A model whose two steps are `kernel` and one that does nothing. One at a time: the kernel is a global.
const fovea_model &fakeModel(FakeKernel kernel, uint64_t arenaBytes = 256, uint64_t scratchBytes = 4096);

/// The model that fakeModel returned, to be changed by a test.
fovea_model &mutableFakeModel();

/// A context of the fake model with input and output buffers.
struct FakeCall {
  explicit FakeCall(uint32_t threads = 1, fovea_parallel_for parallelFor = nullptr, void *executor = nullptr);
  ~FakeCall() { fovea_destroy(context); }
  int run() { return fovea_run(context, &input, &output); }

  fovea_context *context = nullptr;
  alignas(64) float x[fakeElements], y[fakeElements];
  fovea_buffer input = {x, fakeBytes}, output = {y, fakeBytes};
};

#endif
