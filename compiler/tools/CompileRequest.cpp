#include "compiler/tools/CompileRequest.h"
#include "compiler/halide/Families.h"
#include "compiler/host/CheckProgram.h"
#include "compiler/host/Model.h"
#include "compiler/tools/Reproducer.h"
#include "dialect/Nearest.h"
#include "frontend/FileIO.h"
#include "frontend/PublicName.h"
#include "mlir/Pass/PassManager.h"
#include "runtime/abi.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/WithColor.h"
#include <fmt/core.h>
#include <set>
#include <thread>

using namespace mlir;
using namespace fovea;

static llvm::Expected<TargetInfo> findTarget(llvm::StringRef name) {
  if (std::optional<TargetInfo> target = parseTarget(name))
    return *target;
  if (name == "host" || name.empty())
    return userError(ErrorId::Target,
                     "this machine's CPU has less than the least of the targets; name one with --target");
  std::vector<TargetInfo> targets = knownTargets();
  SmallVector<llvm::StringRef> names{"host"};
  for (const TargetInfo &target : targets)
    names.push_back(target.name);
  return llvm::make_error<ToolError>(
      exitUsageError, fmt::format("--target: there is no target {}{}", quote(name), nearest(name, names)),
      ErrorId::Target);
}

int fovea::stageOptions(const CompileRequest &request, StageOptions &options) {
  options.fuse = request.fuse;
  options.precision = request.precision;
  options.storeHalf = request.storeHalf;
  options.keepLayers = request.keepLayers;
  SmallVector<llvm::StringRef> names;
  llvm::StringRef(request.target).split(names, ',');
  std::set<std::string> wanted;
  for (llvm::StringRef name : names) {
    llvm::Expected<TargetInfo> target = findTarget(name);
    if (!target)
      return fail(target.takeError());
    wanted.insert(target->name);
  }
  llvm::copy_if(knownTargets(), std::back_inserter(options.targets),
                [&](const TargetInfo &target) { return wanted.count(target.name); });
  options.target = options.targets.front();
  const TargetInfo &last = options.targets.back();
  if (!sameArchitecture(options.target, last))
    return fail(llvm::make_error<ToolError>(
        exitUsageError,
        fmt::format("--target: {} and {} are of different architectures: a library holds code for one, "
                    "so compile twice",
                    quote(options.target.name), quote(last.name)),
        ErrorId::Target));
  if (request.emit && *request.emit < Stage::llvm && options.targets.size() > 1)
    return fail(llvm::make_error<ToolError>(
        exitUsageError, "--target: up to the stage 'host' the kernels are those of one target; name one",
        ErrorId::Target));
  return exitSuccess;
}

/// What the names of kernels for `target` end in, in a library with more than one.
static std::string suffixOf(const StageOptions &options, const TargetInfo &target) {
  if (options.targets.size() == 1)
    return "";
  std::string suffix = "_" + target.name;
  llvm::replace(suffix, '-', '_');
  return suffix;
}

/// The kernels of `module` for `target`: what is not the best gets schedules of its own.
static FailureOr<OwningOpRef<ModuleOp>> kernelsFor(ModuleOp module, const StageOptions &options,
                                                   const TargetInfo &target) {
  OwningOpRef<ModuleOp> kernels = ModuleOp::create(module.getLoc());
  for (auto kernel : module.getOps<kern::FuncOp>()) {
    kern::FuncOp clone = kernel.clone();
    clone.setSymName((kernel.getSymName() + suffixOf(options, target)).str());
    if (target.name != options.target.name)
      clone.removeScheduleAttr();
    kernels->push_back(clone);
  }
  if (target.name == options.target.name)
    return kernels;
  PassManager passes(module.getContext());
  passes.addPass(createAssignSchedulesPass(target, options.schedules.get(), !options.fuse));
  if (failed(passes.run(*kernels)))
    return failure();
  return kernels;
}

int fovea::readSchedules(Network &network, const CompileRequest &request, StageOptions &options) {
  return request.schedule.empty() ? exitSuccess : network.readSchedules(request.schedule, options.schedules);
}

/// Writes the schedules of the kernels, which have them, for each target.
static int writeSchedules(Network &network, const CompileRequest &request, const StageOptions &options) {
  std::string text = "// Schedules of kernels. Change numbers, then: fovea compile ... --schedule FILE\n"
                     "// A knob that is left out is chosen by the compiler; layer \"NAME\" = ... gives one layer a "
                     "kernel of its own.\n";
  for (const TargetInfo &target : options.targets) {
    if (target.name == options.target.name) { // the module itself, which also knows the layers
      text += "\n" + printSchedules(network.getModule(), target.name);
      continue;
    }
    auto kernels = kernelsFor(network.getModule(), options, target);
    if (failed(kernels))
      return network.faultCode();
    text += "\n" + printSchedules(**kernels, target.name);
  }
  return fail(writeFile(request.scheduleOut, [&](llvm::raw_ostream &stream) { stream << text; }));
}

int fovea::formKernels(Network &network, const CompileRequest &request, const StageOptions &options) {
  bool formed = network.getStage() >= Stage::kernels; // given in print, with its schedules
  if (int code = formed ? exitSuccess : network.advance(Stage::kernels, options))
    return code;
  return request.scheduleOut.empty() ? exitSuccess : writeSchedules(network, request, options);
}

std::optional<KernelCache> fovea::openCache(const CompileRequest &request) {
  if (!request.useCache || request.cache.empty())
    return std::nullopt;
  llvm::Expected<KernelCache> cache = KernelCache::open(request.cache);
  if (cache)
    return *cache;
  std::string reason = llvm::toString(cache.takeError());
  Progress::clear();
  if (!request.quiet)
    llvm::WithColor::warning(llvm::errs(), "fovea") << reason << "; nothing is kept\n";
  return std::nullopt;
}

int fovea::compileNetworkKernels(Network &network, const CompileRequest &request, const StageOptions &options,
                                 Progress &progress, std::vector<KernelObject> &objects) {
  progress.phase("kernels");
  std::optional<KernelCache> cache = openCache(request);
  int code = exitSuccess;
  for (const TargetInfo &target : options.targets) {
    auto kernels = kernelsFor(network.getModule(), options, target);
    if (failed(kernels))
      return network.faultCode();
    CompileOptions compileOptions{
        .target = target,
        .jobs = request.jobs ? request.jobs : int(std::max(1u, std::thread::hardware_concurrency())),
        .seconds = request.seconds,
        .megabytes = request.megabytes,
        .cache = cache ? &*cache : nullptr,
        .progress = [&](int done, int total, llvm::StringRef kernel) { progress.kernels(done, total, kernel); },
        .reproduce = [&](kern::FuncOp kernel) { return reproduceKernel(kernel, target.name); }};
    compileOptions.assembly = request.emit == Stage::assembly;
    compileOptions.stmt = request.emit == Stage::halideStmt;
    CompiledKernels compiled = compileKernels(**kernels, compileOptions);
    if (compiled.outcome == CompiledKernels::KernelFailed)
      code = network.faultCode();
    else if (compiled.outcome == CompiledKernels::NoResources && !code)
      code = exitNoResources;
    llvm::move(compiled.objects, std::back_inserter(objects));
  }
  return code;
}

/// Why the functions of a library cannot be called `name`_run and so on; empty if they can.
static std::string faultOfLibraryName(llvm::StringRef name) {
  if (name.starts_with("fovea") || name.starts_with("halide"))
    return "begins with the name of a part of every library";
  return faultOfPublicName(name);
}

/// Gives the programs the name that is asked for, if it can be a library's.
static int namePrograms(Network &network, const CompileRequest &request) {
  auto programs = network.getModule().getOps<kern::ProgramOp>();
  if (programs.empty())
    return fail(userError(ErrorId::Stage, request.network.path + ": no network in the module"));
  if (failed(checkPrograms(network.getModule())))
    return network.faultCode();
  if (!request.name.empty())
    for (kern::ProgramOp program : programs)
      program.setSymName(request.name + sizeSuffix(program));
  llvm::StringRef name = libraryName(*programs.begin());
  std::string fault = faultOfLibraryName(name);
  if (fault.empty())
    return exitSuccess;
  return fail(userError(ErrorId::LibraryName, "a library cannot be called " + quote(name) + ", which " + fault +
                                                  "; give another name with --name"));
}

/// Notes on the program what its kernels need.
static void noteKernels(kern::ProgramOp program, const StageOptions &options, llvm::ArrayRef<KernelObject> kernels) {
  int64_t scratch = 0, stack = 0;
  for (const KernelObject &kernel : kernels) {
    scratch = std::max(scratch, kernel.scratchBytes);
    stack = std::max(stack, kernel.stackBytes);
  }
  Builder builder(program.getContext());
  program->setAttr("scratch_bytes", builder.getI64IntegerAttr(llvm::alignTo(scratch, FOVEA_ALIGNMENT)));
  program->setAttr("stack_bytes", builder.getI64IntegerAttr(stack));
  auto suffixes =
      llvm::map_to_vector(options.targets, [&](const TargetInfo &target) { return suffixOf(options, target); });
  std::vector<ProgramTarget> targets;
  for (auto [target, suffix] : llvm::zip_equal(options.targets, suffixes))
    targets.push_back({target.name, suffix, target.cpuFeatures});
  setProgramTargets(program, targets);
}

int fovea::compileToHost(Network &network, const CompileRequest &request, const StageOptions &options,
                         Progress &progress, std::vector<KernelObject> &kernels) {
  if (int code = formKernels(network, request, options))
    return code;
  if (int code = network.advance(Stage::host, options))
    return code;
  if (int code = namePrograms(network, request))
    return code;
  if (request.batch > 1)
    for (kern::ProgramOp program : network.getModule().getOps<kern::ProgramOp>())
      if (std::string fault = setProgramBatch(program, request.batch); !fault.empty())
        return fail(userError(ErrorId::Batch, fmt::format("--batch {}: expected a first axis n of size 1, but {}",
                                                          request.batch, fault)));
  if (!request.weightsOnly)
    if (int code = compileNetworkKernels(network, request, options, progress, kernels))
      return code;
  for (kern::ProgramOp program : network.getModule().getOps<kern::ProgramOp>())
    noteKernels(program, options, kernels);
  return exitSuccess;
}
