#include "compiler/host/HalideBuffer.h"
#include "compiler/tune/LoadedNetwork.h"
#include "compiler/tune/TrialProcess.h"
#include "llvm/Support/MathExtras.h"
#include <cstring>
#include <deque>
#include <unistd.h>

using namespace fovea;

namespace {

/// What a kernel reads or writes.
struct TensorData : HalideBuffer {
  size_t elements() const {
    size_t count = 1;
    for (int32_t axis = 0; axis < rank; ++axis)
      count *= dimensions[axis].extent;
    return count;
  }
  /// Of f32, which has four bytes, or of bf16, which is its upper half.
  double element(size_t index, size_t bytes) const {
    if (bytes == sizeof(float))
      return static_cast<const float *>(host)[index];
    uint32_t bits = uint32_t(static_cast<const uint16_t *>(host)[index]) << 16;
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }
};

/// Memory that ends at a page that must not be touched.
class GuardedMemory {
public:
  explicit GuardedMemory(size_t bytes) {
    size_t page = sysconf(_SC_PAGESIZE);
    mapped = llvm::alignTo(bytes, page) + page;
    memory = static_cast<char *>(mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mprotect(memory + mapped - page, page, PROT_NONE);
    data = memory + mapped - page - bytes;
  }
  GuardedMemory(const GuardedMemory &) = delete;
  ~GuardedMemory() { munmap(memory, mapped); }

  char *data;

private:
  char *memory;
  size_t mapped;
};

} // namespace

/// f32 arithmetic in another order; and rounded to bf16, where the last bit may tip over.
static constexpr double toleranceF32 = 1e-5, toleranceBF16 = 0x1p-7;

/// Runs `function` on copies of its inputs. `arguments` are those of a run of `kernel` whose results are there already.
static Comparison compareOnce(LoadedNetwork::Function function, void **arguments, const TrialNetwork::Kernel &kernel) {
  std::deque<GuardedMemory> memory;
  std::deque<TensorData> buffers;
  std::vector<void *> copies{arguments[0]};
  for (bool isInput : {true, false})
    for (size_t elementBytes : isInput ? kernel.inputs : kernel.outputs) {
      TensorData &buffer = buffers.emplace_back(*static_cast<TensorData *>(arguments[copies.size()]));
      size_t bytes = buffer.elements() * elementBytes;
      char *data = memory.emplace_back(bytes).data;
      if (isInput)
        std::memcpy(data, buffer.host, bytes);
      else
        std::memset(data, 0xff, bytes); // NaN
      buffer.host = data;
      copies.push_back(&buffer);
    }
  if (function(copies.data()) != 0)
    return {Comparison::Failed};
  Comparison result{Comparison::Same};
  for (auto [place, bytes] : llvm::enumerate(kernel.outputs)) {
    const TensorData &found = buffers[kernel.inputs.size() + place],
                     &expected = *static_cast<TensorData *>(arguments[1 + kernel.inputs.size() + place]);
    if (std::memcmp(found.host, expected.host, found.elements() * bytes) == 0)
      continue;
    double error = relativeError(
        found.elements(), [&, bytes = bytes](size_t i) { return expected.element(i, bytes); },
        [&, bytes = bytes](size_t i) { return found.element(i, bytes); });
    result.error = std::max(result.error, error);
    if (error > (bytes == sizeof(float) ? toleranceF32 : toleranceBF16))
      result.kind = Comparison::Wrong;
    else if (result.kind == Comparison::Same)
      result.kind = Comparison::Close;
  }
  return result;
}

std::vector<Comparison> fovea::compareVariants(const TrialNetwork &network, llvm::ArrayRef<Variant> variants) {
  constexpr size_t nobody = ~size_t(0);
  SharedArray<Comparison> results(variants.size());
  SharedArray<size_t> current(1); // the variant that runs
  if (!results.valid() || !current.valid())
    return std::vector<Comparison>(variants.size());

  auto compareAll = [&] {
    llvm::Expected<LoadedNetwork> loaded = LoadedNetwork::load(network);
    if (!loaded)
      return llvm::consumeError(loaded.takeError()), false;
    LoadedNetwork::watch = [&](size_t kernel, void **arguments) {
      int code = loaded->own[kernel](arguments);
      for (auto [number, variant] : llvm::enumerate(variants)) {
        if (variant.kernel != kernel || results[number].kind != Comparison::Unknown)
          continue;
        current[0] = number;
        LoadedNetwork::Function function = loaded->find(variant.code);
        results[number] =
            function ? compareOnce(function, arguments, network.kernels[kernel]) : Comparison{Comparison::Failed};
        current[0] = nobody;
      }
      return code;
    };
    return !llvm::errorToBool(loaded->run());
  };
  auto isCancelled = [&] { return network.cancelled && network.cancelled(); };
  constexpr double patience = 20; // seconds, for what takes about one
  current[0] = nobody;
  // A process that does not come to its end is the fault of the variant that ran; the next one goes on after it.
  while (!isCancelled() && !runInProcess(compareAll, patience, network.cancelled) && current[0] != nobody &&
         !isCancelled()) {
    results[current[0]] = {Comparison::Failed};
    current[0] = nobody;
  }
  std::vector<Comparison> list;
  for (size_t variant = 0; variant < variants.size(); ++variant)
    list.push_back(results[variant]);
  return list;
}
