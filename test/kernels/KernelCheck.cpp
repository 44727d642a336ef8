// Compiles every kernel of an MLIR file, runs it on made-up inputs, and compares it with the reference meaning of its
// body. Prints a line per kernel: largest error relative to the largest output, and with --time the best time of many,
// with --on-threads that on several threads, too, each pinned to a CPU, and the ratio. The file may be what
// `fovea compile --emit=kernels` prints; the reference of a whole network's kernels takes long: --unchecked.
//
//   kernel-check FILE.mlir [--target NAME|all] [--time SECONDS [--on-threads N] [--unchecked]] [--tolerance E]
//   [--special]
//                [--asm DIR]
//
// `--target all` means every target that this machine runs. Kernels for another architecture run under qemu.
#include "compiler/halide/Compile.h"
#include "compiler/halide/Families.h"
#include "compiler/host/HalideBuffer.h"
#include "compiler/tools/PinThreads.h"
#include "compiler/transforms/EvaluateNetwork.h"
#include "dialect/KernOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "runtime/model.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"
#include <cfloat>
#include <chrono>
#include <csignal>
#include <deque>
#include <dlfcn.h>
#include <random>
#include <sys/mman.h>
#include <unistd.h>

using namespace mlir;
using namespace fovea;

static llvm::cl::opt<std::string> inputFile(llvm::cl::Positional, llvm::cl::Required, llvm::cl::desc("FILE.mlir"));
static llvm::cl::opt<std::string> targetName("target", llvm::cl::desc("target; host if empty; all"));
static llvm::cl::opt<double> seconds("time", llvm::cl::desc("seconds to time each kernel"), llvm::cl::init(0));
static llvm::cl::opt<unsigned> threads("on-threads", llvm::cl::desc("time on so many threads, too"), llvm::cl::init(1));
static llvm::cl::opt<bool> unchecked("unchecked", llvm::cl::desc("do not compare, only time"));
static llvm::cl::opt<double> tolerance("tolerance", llvm::cl::desc("of the largest output"), llvm::cl::init(2e-6));
static llvm::cl::opt<bool> special("special", llvm::cl::desc("put NaN, infinities and huge values among the inputs"));
static llvm::cl::opt<std::string> assemblyFolder("asm", llvm::cl::desc("write assembly and loops there"));

using Buffer = HalideBuffer;
using Dimension = HalideDimension;

static Type elementOf(Type type) { return cast<RankedTensorType>(type).getElementType(); }

/// bf16 is the upper half of f32; rounds to the nearest, ties to even.
static uint16_t narrow(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return std::isnan(value) ? 0x7fc0 : (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
}

static float widen(uint16_t half) {
  uint32_t bits = uint32_t(half) << 16;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/// Stores `values` as a tensor of `type` is stored.
static void store(Type type, llvm::ArrayRef<double> values, void *array) {
  for (auto [i, value] : llvm::enumerate(values))
    if (elementOf(type).isBF16())
      static_cast<uint16_t *>(array)[i] = narrow(float(value));
    else if (elementOf(type).isF16())
      static_cast<_Float16 *>(array)[i] = _Float16(value);
    else
      static_cast<float *>(array)[i] = float(value);
}

static float element(Type type, const void *array, size_t i) {
  if (elementOf(type).isBF16())
    return widen(static_cast<const uint16_t *>(array)[i]);
  return elementOf(type).isF16() ? static_cast<const _Float16 *>(array)[i] : static_cast<const float *>(array)[i];
}

/// `value` as a tensor of `type` stores it.
static double stored(Type type, double value) {
  float place;
  store(type, value, &place);
  return element(type, &place, 0);
}

static hvn::Tensor madeUp(RankedTensorType type, unsigned seed) {
  hvn::Tensor tensor(type);
  std::mt19937 random(seed);
  for (double &value : tensor.data)
    value = stored(type, int32_t(random()) * 0x1p-31);
  constexpr float specials[] = {NAN,  INFINITY, -INFINITY, 1e30f, -1e30f, 2e9f, -2e9f, 100,
                                -100, 1e-40f,   0.0f,      -0.0f, 3e-6f,  6e-8f}; // below the normal numbers of f16
  for (size_t i = 0; special && i < tensor.data.size(); i += 3)
    tensor.data[i] = stored(type, specials[i / 3 % std::size(specials)]);
  return tensor;
}

namespace {
/// Arrays and descriptors of a call.
struct Call {
  std::vector<std::pair<void *, size_t>> arrays; ///< mapped memory
  std::deque<std::vector<Dimension>> dimensions;
  std::deque<Buffer> buffers;
  std::vector<void *> arguments{nullptr};
  void *context = nullptr;

  Call() { arguments[0] = &context; }
  void *add(RankedTensorType type) {
    // The last byte is followed by a page that must not be touched.
    size_t page = sysconf(_SC_PAGESIZE), bytes = hvn::byteSize(type), mapped = llvm::alignTo(bytes, page) + page;
    void *memory = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(static_cast<char *>(memory) + mapped - page, page, PROT_NONE);
    arrays.emplace_back(memory, mapped);
    void *array = static_cast<char *>(memory) + mapped - page - bytes;
    auto &list = dimensions.emplace_back();
    int32_t stride = 1;
    for (int64_t size : llvm::reverse(type.getShape())) {
      list.push_back({0, int32_t(size), stride, 0});
      stride *= size;
    }
    uint8_t code = elementOf(type).isBF16() ? 3 : 2, bits = elementOf(type).getIntOrFloatBitWidth();
    buffers.push_back({0, nullptr, array, 0, code, bits, 1, int32_t(type.getRank()), list.data(), nullptr});
    arguments.push_back(&buffers.back());
    return array;
  }
  size_t bytesOf(const Buffer &buffer) const {
    size_t bytes = buffer.bits / 8;
    for (int32_t d = 0; d < buffer.rank; ++d)
      bytes *= buffer.dimensions[d].extent;
    return bytes;
  }
  ~Call() {
    for (auto [memory, bytes] : arrays)
      munmap(memory, bytes);
  }
};

/// The kernel as a network's only step, for the runtime of compiled libraries.
class KernelContext {
public:
  KernelContext(const KernelObject &object, uint32_t threads) {
    model.description.name = "kernel";
    model.description.target_count = model.description.size_count = 1;
    model.description.scratch_bytes = object.scratchBytes;
    model.description.stack_bytes = object.stackBytes;
    model.description.targets = &target;
    model.description.sizes = &size;
    model.programs = &program;
    fovea_options options = {sizeof options, FOVEA_OPTIONS_VERSION, threads, 0, nullptr, 0, nullptr, nullptr, nullptr,
                             nullptr};
    if (fovea_create(&model, &options, &context) != FOVEA_OK)
      llvm::report_fatal_error(fovea_last_error());
    if (threads > 1)
      pinned.pin();
  }
  KernelContext(const KernelContext &) = delete;
  ~KernelContext() { fovea_destroy(context); }

  /// Calls `kernel` once, then `times` times in a row, and adds the seconds of these to `took`. Returns its code.
  int run(int (*kernel)(void **), Call &call, int times = 0, double *took = nullptr) {
    current = {kernel, &call, times, took};
    const fovea_buffer none{};
    return fovea_run(context, &none, &none);
  }

private:
  struct Calls {
    int (*kernel)(void **);
    Call *call;
    int times;
    double *took;
  };
  static int runCalls(fovea_worker *worker, uint8_t *, const void *const *, void *const *) {
    using clock = std::chrono::steady_clock;
    current.call->context = worker;
    // Threads wake up, and memory comes to their caches, before the time counts.
    int code = 0, warm = current.times / 4 + 1;
    clock::time_point start;
    for (int i = -warm; i < current.times && !code; ++i) {
      if (i == 0)
        start = clock::now();
      code = current.kernel(current.call->arguments.data());
    }
    if (current.took)
      *current.took += std::chrono::duration<double>(clock::now() - start).count();
    return code;
  }

  static inline Calls current;
  static constexpr fovea_program program = runCalls;
  fovea_target_info target{"this machine", 0};
  fovea_size_info size{};
  fovea_model model{};
  PinThreads pinned;
  fovea_context *context = nullptr;
};
} // namespace

/// Links `object` into a library, which is to be removed; "" when that fails.
static std::string link(const KernelObject &object) {
  llvm::SmallString<64> base;
  llvm::sys::fs::createTemporaryFile("kernel", "o", base);
  std::error_code error;
  llvm::raw_fd_ostream(base, error) << object.object;
  static unsigned count = 0; // dlopen takes a name that it has seen for what it was then, even if the file is gone
  std::string library = (base + "-" + llvm::Twine(count++) + ".so").str();
  auto linker = llvm::sys::findProgramByName("ld.lld", {"/usr/lib/llvm-22/bin"});
  bool ok = linker && !llvm::sys::ExecuteAndWait(*linker, {*linker, "-shared", "-o", library, base.str()});
  llvm::sys::fs::remove(base);
  return ok ? library : "";
}

/// Loads the kernel of `library`.
static void *load(llvm::StringRef library, llvm::StringRef kernel) {
  void *handle = dlopen(library.str().c_str(), RTLD_NOW | RTLD_LOCAL);
  return handle ? dlsym(handle, (kernel + "_argv").str().c_str()) : nullptr;
}

/// Runs the kernel of `library` under emulation, by run_kernel.c. Returns its code.
static int emulate(llvm::StringRef library, llvm::StringRef kernel, Call &call) {
  llvm::SmallString<64> file;
  std::error_code error = llvm::sys::fs::createTemporaryFile("kernel", "data", file);
  std::string bytes;
  auto put = [&](const void *data, size_t size) { bytes.append(static_cast<const char *>(data), size); };
  for (const Buffer &buffer : call.buffers) {
    int64_t head[] = {buffer.rank, buffer.code, buffer.bits};
    put(head, sizeof head);
    for (int32_t d = 0; d < buffer.rank; ++d) {
      int64_t size = buffer.dimensions[d].extent;
      put(&size, sizeof size);
    }
    put(buffer.host, call.bytesOf(buffer));
  }
  llvm::raw_fd_ostream(file, error) << bytes;
  auto qemu = llvm::sys::findProgramByName("qemu-aarch64");
  std::string symbol = (kernel + "_argv").str();
  int code = qemu ? llvm::sys::ExecuteAndWait(
                        *qemu, {*qemu, "-L", "/usr/aarch64-linux-gnu", RUN_KERNEL_ARM64, library, symbol, file.str()})
                  : -1;
  std::string results = cantFail(llvm::errorOrToExpected(llvm::MemoryBuffer::getFile(file)))->getBuffer().str();
  size_t at = 0;
  for (Buffer &buffer : call.buffers) {
    at += (3 + buffer.rank) * sizeof(int64_t);
    memcpy(buffer.host, results.data() + at, call.bytesOf(buffer));
    at += call.bytesOf(buffer);
  }
  llvm::sys::fs::remove(file);
  return code;
}

static const char *running; ///< the kernel

static void reportFault(int) {
  llvm::errs() << running << ": FAIL: touches memory beyond an array\n";
  _exit(1);
}

/// Ends the kernel's line, with the best times if they are asked for.
static void time(kern::FuncOp kernel, const KernelObject &object, int (*run)(void **), Call &call) {
  if (seconds <= 0) {
    llvm::outs() << "\n";
    return;
  }
  using clock = std::chrono::steady_clock;
  std::deque<KernelContext> contexts;
  contexts.emplace_back(object, 1);
  if (threads > 1)
    contexts.emplace_back(object, threads);
  std::vector<double> best(contexts.size(), INFINITY);
  std::vector<int> times(contexts.size(), 1);
  auto start = clock::now();
  while (std::chrono::duration<double>(clock::now() - start).count() < seconds)
    for (size_t i = 0; i < contexts.size(); ++i) {
      double took = 0;
      contexts[i].run(run, call, times[i], &took);
      double each = took / times[i];
      best[i] = std::min(best[i], each);
      times[i] = std::max(1, int(2e-3 / each));
    }
  llvm::outs() << llvm::formatv("  {0:f1} us {1:f1} GFLOP/s", best[0] * 1e6, kernel.getFlops() / best[0] * 1e-9);
  if (threads > 1)
    llvm::outs() << llvm::formatv("  {0:f1} us on {1} threads, ratio {2:f2}", best[1] * 1e6, threads,
                                  best[0] / best[1]);
  llvm::outs() << "  " << kernel.getScheduleAttr() << "\n";
}

static bool check(kern::FuncOp kernel, const KernelObject &object, bool native) {
  running = object.name.c_str();
  std::string library = link(object);
  auto run = native ? reinterpret_cast<int (*)(void **)>(load(library, object.name)) : nullptr;
  if (native)
    llvm::sys::fs::remove(library);
  if (native && !run) {
    llvm::errs() << object.name << ": cannot be loaded: " << dlerror() << "\n";
    return false;
  }
  Call call;
  std::vector<hvn::Tensor> inputs;
  for (Type type : kernel.getArgumentTypes()) {
    inputs.push_back(madeUp(cast<RankedTensorType>(type), inputs.size() + 1));
    store(type, inputs.back().data, call.add(inputs.back().type));
  }
  std::vector<void *> outputs;
  for (Type type : kernel.getResultTypes()) {
    outputs.push_back(call.add(cast<RankedTensorType>(type)));
    store(type, std::vector<double>(cast<RankedTensorType>(type).getNumElements(), NAN), outputs.back());
  }
  if (unchecked) {
    KernelContext(object, 1).run(run, call);
    llvm::outs() << llvm::formatv("{0,-44}", object.name);
    time(kernel, object, run, call);
    return true;
  }
  FailureOr<std::vector<hvn::Tensor>> expected = evaluateNetwork(kernel, inputs, nullptr);
  if (failed(expected))
    return false;
  int code = native ? KernelContext(object, 1).run(run, call) : emulate(library, object.name, call);
  if (!native)
    llvm::sys::fs::remove(library);
  double largest = special ? 1 : 0, worst = 0, rounding = 0;
  for (auto [tensor, output] : llvm::zip(*expected, outputs))
    for (auto [i, wanted] : llvm::enumerate(tensor.data)) {
      double found = element(tensor.type, output, i);
      if (elementOf(tensor.type)
              .isBF16()) // what counts is f32 arithmetic; both sides round once, at worst to two neighbours
        rounding = 0x1p-7;
      if (special && std::abs(wanted) > FLT_MAX) // beyond f32
        wanted = std::copysign(INFINITY, wanted);
      if (!special)
        largest = std::max(largest, std::abs(wanted));
      if ((std::isnan(found) && std::isnan(wanted)) || wanted == found)
        continue;
      // Among special values each element counts by itself; else the largest output is the measure.
      double error = std::abs(wanted - found) / (special ? std::max(std::abs(wanted), 1.0) : 1.0);
      worst = std::isnan(error) ? INFINITY : std::max(worst, error);
    }
  bool ok = code == 0 && worst <= (tolerance + rounding) * largest;
  llvm::outs() << llvm::formatv("{0,-44} {1} error {2:e1} scratch {3} stack {4}", object.name, ok ? "ok  " : "FAIL",
                                largest > 0 ? worst / largest : worst, object.scratchBytes, object.stackBytes);
  if (native)
    time(kernel, object, run, call);
  else
    llvm::outs() << "\n";
  return ok;
}

/// Checks the kernels of the file for one target.
static bool checkAll(MLIRContext &context, const TargetInfo &target) {
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(inputFile, &context);
  if (!module)
    return false;
  PassManager passes(&context);
  passes.addPass(createAssignSchedulesPass(target));
  if (failed(passes.run(*module)))
    return false;
  CompileOptions options{target, /*jobs=*/2};
  options.assembly = options.stmt = !assemblyFolder.empty();
  CompiledKernels compiled = compileKernels(*module, options);
  if (compiled.outcome != CompiledKernels::Done)
    return false;
  bool ok = true;
  for (auto [kernel, object] : llvm::zip(module->getOps<kern::FuncOp>(), compiled.objects)) {
    if (!assemblyFolder.empty()) {
      std::error_code error;
      llvm::raw_fd_ostream(assemblyFolder + "/" + object.name + ".s", error) << object.assembly;
      llvm::raw_fd_ostream(assemblyFolder + "/" + object.name + ".stmt", error) << object.stmt;
    }
    ok &= check(kernel, object, runsHere(target));
  }
  return ok;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  signal(SIGSEGV, reportFault);
  llvm::cl::ParseCommandLineOptions(argc, argv, "compiles kernels and compares them with the reference\n");
  std::vector<TargetInfo> targets;
  if (targetName == "all")
    llvm::copy_if(knownTargets(), std::back_inserter(targets), runsHere);
  else if (std::optional<TargetInfo> target = parseTarget(targetName))
    targets.push_back(*target);
  if (targets.empty()) {
    llvm::errs() << "kernel-check: unknown target " << targetName << "\n";
    return 2;
  }
  DialectRegistry registry;
  registry.insert<func::FuncDialect>();
  registerHalideFamilies(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();
  bool ok = true;
  for (const TargetInfo &target : targets) {
    llvm::outs() << "target " << target.name << "\n";
    ok &= checkAll(context, target);
  }
  return ok ? 0 : 1;
}
