#include "compiler/halide/Compile.h"
#include "compiler/halide/KernelProcess.h"
#include "dialect/LayerNames.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/ObjCopy/CommonConfig.h"
#include "llvm/ObjCopy/ConfigManager.h"
#include "llvm/ObjCopy/ObjCopy.h"
#include "llvm/Object/ObjectFile.h"
#include <csignal>
#include <sys/wait.h>

using namespace mlir;
using namespace fovea;

/// What the function of every kernel is called in its object at first, so that equal kernels have equal objects.
static constexpr llvm::StringLiteral commonSymbol = "fovea_kernel";

/// All that determines the object: the kernel as text without its name and places.
static std::string canonicalText(kern::FuncOp kernel) {
  OwningOpRef<kern::FuncOp> copy(kernel.clone());
  copy->setSymName(commonSymbol);
  std::string text;
  llvm::raw_string_ostream stream(text);
  copy->print(stream, OpPrintingFlags().useLocalScope());
  return text;
}

/// Calls the kernel in `object` by its name.
static llvm::Error rename(std::string &object, llvm::StringRef name) {
  auto input = llvm::object::ObjectFile::createObjectFile(llvm::MemoryBufferRef(object, name));
  if (!input)
    return input.takeError();
  llvm::objcopy::ConfigManager config;
  std::vector<std::string> names; // that the configuration refers to
  for (const llvm::object::SymbolRef &symbol : (*input)->symbols()) {
    llvm::Expected<llvm::StringRef> found = symbol.getName();
    if (!found)
      return found.takeError();
    if (found->starts_with(commonSymbol))
      names.push_back((name + found->drop_front(commonSymbol.size())).str());
  }
  for (llvm::StringRef replacement : names)
    config.Common.SymbolsToRename[(commonSymbol + replacement.drop_front(name.size())).str()] = replacement;
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  if (llvm::Error error = llvm::objcopy::executeObjcopyOnBinary(config, **input, stream))
    return error;
  object.assign(bytes.begin(), bytes.end());
  return llvm::Error::success();
}

namespace {
/// Lets ended children be waited for with a time limit.
class ChildSignal {
public:
  ChildSignal() {
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    pthread_sigmask(SIG_BLOCK, &child, &maskBefore);
    // A parent that ignores the signal hands that on, and children would vanish without a trace.
    actionBefore = signal(SIGCHLD, SIG_DFL);
  }
  ChildSignal(const ChildSignal &) = delete;
  ~ChildSignal() {
    signal(SIGCHLD, actionBefore);
    pthread_sigmask(SIG_SETMASK, &maskBefore, nullptr);
  }

  void waitUntil(KernelProcess::Clock::time_point time) const {
    auto left = std::max(std::chrono::nanoseconds(0), std::chrono::nanoseconds(time - KernelProcess::Clock::now()));
    timespec span{left.count() / 1'000'000'000, left.count() % 1'000'000'000};
    sigtimedwait(&child, nullptr, &span);
  }

private:
  sigset_t child, maskBefore;
  sighandler_t actionBefore;
};

/// Compiling of the kernels of a module.
class Compilation {
public:
  Compilation(llvm::ArrayRef<kern::FuncOp> kernels, const CompileOptions &options)
      : kernels(kernels), options(options), keys(kernels.size()), results(kernels.size()) {}

  CompiledKernels run() {
    for (size_t number = 0; number < kernels.size(); ++number)
      if (!lookUp(number))
        waiting.push_back(number);
    bool stored = !waiting.empty();
    compileWaiting();
    if (options.cache && stored)
      options.cache->prune(KernelCache::defaultBytes);
    CompiledKernels compiled;
    for (auto [kernel, result] : llvm::zip(kernels, results)) {
      // A kernel that fails is the compiler's fault, whatever else there is too little of.
      if (result.kind == KernelResult::Failed || result.kind == KernelResult::Crashed)
        compiled.outcome = CompiledKernels::KernelFailed;
      else if (result.kind != KernelResult::Compiled && compiled.outcome == CompiledKernels::Done)
        compiled.outcome = CompiledKernels::NoResources;
      if (result.kind != KernelResult::Compiled)
        report(kernel, result);
      compiled.objects.push_back(std::move(result.object));
    }
    return compiled;
  }

private:
  bool keepsText() const { return options.assembly || options.stmt; }

  void finish(size_t number, KernelResult result) {
    kern::FuncOp kernel = kernels[number];
    result.object.name = kernel.getSymName().str();
    if (result.kind == KernelResult::Compiled && !keepsText())
      if (llvm::Error error = rename(result.object.object, kernel.getSymName()))
        result = {KernelResult::Failed, {}, llvm::toString(std::move(error))};
    results[number] = std::move(result);
    if (options.progress)
      options.progress(int(++done), int(kernels.size()), kernel.getSymName());
  }

  bool lookUp(size_t number) {
    if (!options.cache || keepsText())
      return false;
    keys[number] = KernelCache::keyOf(canonicalText(kernels[number]), options.target);
    std::optional<CachedKernel> found = options.cache->find(keys[number]);
    if (!found)
      return false;
    KernelResult result{KernelResult::Compiled};
    result.object.object = std::move(found->object);
    result.object.scratchBytes = found->scratchBytes;
    result.object.stackBytes = found->stackBytes;
    result.object.cached = true;
    finish(number, std::move(result));
    return true;
  }

  void compileWaiting() {
    ChildSignal signal;
    while (!waiting.empty() || !running.empty()) {
      if (options.cancelled && options.cancelled())
        cancel();
      while (!waiting.empty() && running.size() < size_t(std::max(options.jobs, 1)) && startNext())
        ;
      if (running.empty())
        continue;
      auto first = llvm::min_element(running, [](const Running &lhs, const Running &rhs) {
        return lhs.process.deadline() < rhs.process.deadline();
      });
      constexpr auto soon = std::chrono::milliseconds(100);
      signal.waitUntil(options.cancelled ? std::min(first->process.deadline(), KernelProcess::Clock::now() + soon)
                                         : first->process.deadline());
      collectEnded();
      for (Running &job : running)
        if (job.process.deadline() <= KernelProcess::Clock::now())
          job.process.stop();
    }
  }

  void cancel() {
    for (size_t number : std::exchange(waiting, {}))
      finish(number, {KernelResult::NoTime});
    for (Running &job : running)
      job.process.stop();
  }

  /// Starts the next kernel. False when there can be no more processes for now; without any, the kernel has failed.
  bool startNext() {
    size_t number = waiting.front();
    kern::FuncOp kernel = kernels[number];
    llvm::StringRef symbol = keepsText() ? kernel.getSymName() : llvm::StringRef(commonSymbol);
    std::optional<KernelProcess> process = KernelProcess::start(kernel, symbol, options);
    if (!process && !running.empty())
      return false;
    waiting.pop_front();
    if (process)
      running.push_back({number, std::move(*process)});
    else
      finish(number, {KernelResult::NoProcess, {}, strerror(errno)});
    return bool(process);
  }

  void collectEnded() {
    for (auto job = running.begin(); job != running.end();) {
      int status;
      if (waitpid(job->process.id(), &status, WNOHANG) != job->process.id()) {
        ++job;
        continue;
      }
      KernelResult result = job->process.collect(status);
      if (const std::string &key = keys[job->number]; result.kind == KernelResult::Compiled && !key.empty())
        options.cache->store(key, {result.object.object, result.object.scratchBytes, result.object.stackBytes});
      finish(job->number, std::move(result));
      job = running.erase(job);
    }
  }

  /// Says what happened to a kernel, and which layers it is made of.
  void report(kern::FuncOp kernel, const KernelResult &result) const {
    std::string name = ("kernel '" + kernel.getSymName() + "'").str();
    llvm::SetVector<NameLoc> layers = layersIn(kernel.getLoc());
    Location place = layers.empty() ? kernel.getLoc() : Location(layers.front());
    InFlightDiagnostic error = emitError(place);
    switch (result.kind) {
    case KernelResult::Compiled:
      llvm_unreachable("that is no failure");
    case KernelResult::Failed:
      error << "internal error: " << name << " cannot be compiled: " << result.error;
      break;
    case KernelResult::Crashed:
      error << "internal error: the compiler of " << name << " crashed (signal " << result.signal << ")";
      break;
    case KernelResult::NoTime:
      error << name << " is not compiled after " << options.seconds << " s; --timeout gives it longer";
      break;
    case KernelResult::NoMemory:
      error << "compiling " << name << " takes more than " << options.megabytes << " MB; --max-memory allows more";
      break;
    case KernelResult::Killed:
      error << "the compiler of " << name
            << " was killed, as happens when the machine runs out of memory; a smaller -j needs less";
      break;
    case KernelResult::NoProcess:
      error << "cannot start a process to compile " << name << ": " << result.error;
      break;
    }
    for (NameLoc layer : layers)
      error.attachNote(layer) << "layer '" << layer.getName().getValue() << "' is in it";
    bool isFault = result.kind == KernelResult::Failed || result.kind == KernelResult::Crashed;
    if (isFault && options.reproduce)
      error.attachNote(place) << options.reproduce(kernel);
  }

  struct Running {
    size_t number;
    KernelProcess process;
  };

  llvm::ArrayRef<kern::FuncOp> kernels;
  const CompileOptions &options;
  std::vector<std::string> keys; ///< of each kernel; empty where there is no cache
  std::vector<KernelResult> results;
  std::deque<size_t> waiting;
  std::list<Running> running;
  size_t done = 0;
};
} // namespace

CompiledKernels fovea::compileKernels(ModuleOp module, const CompileOptions &options) {
  auto kernels = llvm::to_vector(module.getOps<kern::FuncOp>());
  for (kern::FuncOp kernel : kernels)
    if (!kernel.getScheduleAttr()) {
      kernel.emitError("kernel '") << kernel.getSymName() << "' has no schedule";
      return {CompiledKernels::KernelFailed, {}};
    }
  return Compilation(kernels, options).run();
}
