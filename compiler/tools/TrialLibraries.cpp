#include "compiler/tools/TrialLibraries.h"
#include "compiler/host/Codegen.h"
#include "compiler/host/KernelDispatch.h"
#include "compiler/host/Link.h"
#include "compiler/host/Model.h"
#include "compiler/tools/Checkpoint.h"
#include "compiler/transforms/EvaluateWeights.h"
#include "frontend/MadeUpWeights.h"
#include "runtime/embedded.h"
#include "llvm/Support/FileSystem.h"
#include <fmt/core.h>
#include <thread>

using namespace mlir;
using namespace fovea;

/// What candidates may take beyond what the compiler's own kernels do, in bytes.
static constexpr int64_t moreScratch = 16 << 20, mostStack = 1 << 20;

/// A value for a parameter when there are no weights: how long a kernel takes does not depend on it.
static hvn::Tensor madeUp(llvm::StringRef key, RankedTensorType type) {
  std::vector<float> values(type.getNumElements());
  fillMadeUp(key, type.getShape(), /*seed=*/0, /*gain=*/1, values);
  hvn::Tensor tensor(type);
  llvm::copy(values, tensor.data.begin());
  return tensor;
}

static std::vector<size_t> elementBytes(ArrayRef<Type> types) {
  std::vector<size_t> bytes;
  for (Type type : types)
    bytes.push_back(cast<RankedTensorType>(type).getElementTypeBitWidth() / 8);
  return bytes;
}

int TrialLibraries::build(llvm::StringRef output) {
  if (int code = prepare())
    return code;
  llvm::Expected<StagingFolder> staging = StagingFolder::make(output, "tune");
  if (!staging)
    return fail(staging.takeError());
  folder.emplace(std::move(*staging));
  return compileNetwork();
}

int TrialLibraries::prepare() {
  if (int code = stageOptions(request, options))
    return code;
  std::optional<TargetInfo> host = parseTarget("host");
  if (options.targets.size() != 1 || !host || options.target.name != host->name)
    return fail(llvm::make_error<ToolError>(
        exitUsageError,
        fmt::format("--target {}: kernels are timed on this machine, so only its own target can be tuned{}",
                    request.target, host ? ": " + host->name : ""),
        ErrorId::Target));
  llvm::Expected<std::string> found = findLinker(request.linker);
  if (!found)
    return fail(found.takeError());
  linker = *found;
  if (int code = network.readFixed(request.network, "tune"))
    return code;
  if (network.getStage() < Stage::llvm)
    return exitSuccess;
  return fail(
      userError(ErrorId::Stage, request.network.path + " has lost its kernels: stages up to 'host' can be tuned"));
}

int TrialLibraries::compileNetwork() {
  Checkpoint checkpoint;
  if (!request.weights.empty())
    if (int code = checkpoint.read(request.weights, network.getModule(), request.lenient))
      return code;
  std::vector<KernelObject> objects;
  if (int code = compileToHost(network, request, options, progress, objects))
    return code;
  ModuleOp module = network.getModule();
  originals = ModuleOp::create(module.getLoc());
  for (auto kernel : module.getOps<kern::FuncOp>())
    originals->push_back(kernel.clone());
  kern::ProgramOp program = *module.getOps<kern::ProgramOp>().begin();
  for (kern::ProgramOp other : module.getOps<kern::ProgramOp>())
    program = other; // the largest size is the one that is run
  bool shaped = *module.getOps<kern::ProgramOp>().begin() != program;
  name = libraryName(program).str();
  Builder builder(module.getContext());
  int64_t scratch = program->getAttrOfType<IntegerAttr>("scratch_bytes").getInt() + moreScratch;
  for (kern::ProgramOp each : module.getOps<kern::ProgramOp>()) {
    each->setAttr("scratch_bytes", builder.getI64IntegerAttr(scratch));
    each->setAttr("stack_bytes", builder.getI64IntegerAttr(mostStack));
  }

  std::vector<std::string> names, exports;
  std::vector<std::pair<std::string, llvm::StringRef>> files;
  for (const KernelObject &object : objects) {
    names.push_back(object.name);
    exports.push_back(object.name + "_argv");
    files.emplace_back("own-" + object.name, object.object);
  }
  if (llvm::Error error = link("own", files, exports))
    return fail(std::move(error));
  for (auto [kernel, symbol] : llvm::zip_equal(kernels(), exports))
    trial.kernels.push_back({kernel.getSymName().str(),
                             elementBytes(kernel.getArgumentTypes()),
                             elementBytes(kernel.getResultTypes()),
                             {*folder / "libown.so", symbol}});
  for (kern::LaunchOp launch : program.getBody().getOps<kern::LaunchOp>())
    trial.steps.push_back(llvm::find(names, launch.getCallee()) - names.begin());

  progress.phase("weights");
  FailureOr<std::vector<char>> weights =
      evaluateWeights(module, [&](llvm::StringRef key, RankedTensorType type) -> FailureOr<hvn::Tensor> {
        return request.weights.empty() ? FailureOr<hvn::Tensor>(madeUp(key, type)) : checkpoint.lookup(key, type);
      });
  if (failed(weights))
    return network.faultCode();
  if (int code = network.advance(Stage::llvm, options))
    return code;
  progress.phase("library");
  trial.dispatch = name + "_dispatch";
  dispatchKernels(network.getModule(), names, trial.dispatch);
  CodegenTarget machine{options.target.triple, options.target.cpu};
  auto write = [&]() -> llvm::Error {
    llvm::Expected<ObjectBytes> host = compileToObject(network.getModule(), machine);
    if (!host)
      return host.takeError();
    if (llvm::Error error = folder->write("weights.bin", llvm::StringRef(weights->data(), weights->size())))
      return error;
    llvm::Expected<ObjectBytes> embedded = embedFile(*folder / "weights.bin", "fovea_weights", machine);
    if (!embedded)
      return embedded.takeError();
    std::vector<std::string> functions = exportedSymbols(name, shaped);
    functions.push_back(trial.dispatch);
    return link(name, {{"host", {host->data(), host->size()}}, {"weights", {embedded->data(), embedded->size()}}},
                functions);
  };
  trial.library = *folder / ("lib" + name + ".so");
  return fail(write());
}

/// Links objects, given with names for their files, with the runtime into `lib<library>.so`.
llvm::Error TrialLibraries::link(const std::string &library,
                                 llvm::ArrayRef<std::pair<std::string, llvm::StringRef>> objects,
                                 std::vector<std::string> exports) {
  LinkJob job{linker,
              options.target.triple,
              {},
              library,
              folder->path().str(),
              /*shaped=*/false,
              /*bounded=*/false,
              std::move(exports)};
  auto add = [&](llvm::StringRef file, llvm::StringRef bytes) {
    job.objects.push_back(*folder / (file + ".o"));
    return folder->write((file + ".o").str(), bytes);
  };
  size_t runtimeBytes;
  auto *runtime = reinterpret_cast<const char *>(fovea_embedded_runtime(options.target.triple.c_str(), &runtimeBytes));
  if (llvm::Error error = add("runtime", llvm::StringRef(runtime, runtimeBytes)))
    return error;
  for (const auto &[file, bytes] : objects)
    if (llvm::Error error = add(file, bytes))
      return error;
  llvm::Error error = linkShared(job);
  for (const std::string &file : job.objects)
    llvm::sys::fs::remove(file);
  return error;
}

llvm::Expected<std::vector<std::optional<KernelCode>>> TrialLibraries::compile(llvm::ArrayRef<Candidate> candidates,
                                                                               const std::function<bool()> &cancelled) {
  std::vector<std::optional<KernelCode>> codes(candidates.size());
  MLIRContext *context = originals->getContext();
  OwningOpRef<ModuleOp> module = ModuleOp::create(originals->getLoc());
  SmallVector<kern::FuncOp> own = kernels();
  for (const Candidate &candidate : candidates) {
    kern::FuncOp kernel = own[candidate.kernel].clone();
    kernel.setSymName(fmt::format("candidate{}", compiled++));
    kernel.setScheduleAttr(candidate.schedule);
    module->push_back(kernel);
  }
  CompileOptions compileOptions{.target = options.target,
                                .jobs = request.jobs ? request.jobs
                                                     : int(std::max(1u, std::thread::hardware_concurrency())),
                                .seconds = std::min(request.seconds, 10),
                                .megabytes = request.megabytes,
                                .cancelled = cancelled};
  CompiledKernels results;
  {
    // That a candidate cannot be compiled is no news to the user.
    ScopedDiagnosticHandler silence(context, [](Diagnostic &) { return success(); });
    results = compileKernels(*module, compileOptions);
  }
  std::string library = fmt::format("candidates{}", compiled);
  std::vector<std::pair<std::string, llvm::StringRef>> files;
  std::vector<std::string> exports;
  for (auto [code, object] : llvm::zip(codes, results.objects)) {
    if (object.object.empty() || object.scratchBytes > moreScratch || object.stackBytes > mostStack)
      continue;
    exports.push_back(object.name + "_argv");
    files.emplace_back(object.name, object.object);
    code = KernelCode{*folder / ("lib" + library + ".so"), exports.back()};
  }
  if (files.empty())
    return codes;
  if (llvm::Error error = link(library, files, exports))
    return std::move(error);
  return codes;
}
