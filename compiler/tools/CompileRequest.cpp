#include "compiler/tools/CompileRequest.h"
#include "compiler/host/CheckProgram.h"
#include "dialect/Nearest.h"
#include "frontend/FileIO.h"
#include "runtime/abi.h"
#include "llvm/ADT/StringExtras.h"
#include <fmt/core.h>
#include <thread>

using namespace mlir;
using namespace fovea;

int fovea::stageOptions(const CompileRequest &request, StageOptions &options) {
  options.fuse = request.fuse;
  if (std::optional<TargetInfo> target = parseTarget(request.target)) {
    options.target = *target;
    return exitSuccess;
  }
  if (request.target == "host" || request.target.empty())
    return fail(llvm::createStringError("this machine's CPU has less than the least of the targets, " +
                                        knownTargets().back().name + "; name one with --target"));
  std::vector<TargetInfo> targets = knownTargets();
  SmallVector<llvm::StringRef> names{"host"};
  for (const TargetInfo &target : targets)
    names.push_back(target.name);
  return fail(
      llvm::make_error<ToolError>(exitUsageError, fmt::format("--target: there is no target {}{}",
                                                              quote(request.target), nearest(request.target, names))));
}

int fovea::compileNetworkKernels(Network &network, const CompileRequest &request, const TargetInfo &target,
                                 Progress &progress, std::vector<KernelObject> &objects) {
  progress.phase("kernels");
  CompileOptions options{
      .target = target,
      .jobs = request.jobs ? request.jobs : int(std::max(1u, std::thread::hardware_concurrency())),
      .progress = [&](int done, int total, llvm::StringRef kernel) { progress.kernels(done, total, kernel); }};
  options.assembly = request.emit == Stage::assembly;
  options.stmt = request.emit == Stage::halideStmt;
  FailureOr<std::vector<KernelObject>> compiled = compileKernels(network.getModule(), options);
  if (failed(compiled))
    return network.faultCode();
  objects = std::move(*compiled);
  return exitSuccess;
}

/// Whether the functions of a library can be called `name`_run and so on.
static bool isLibraryName(llvm::StringRef name) {
  return !name.empty() && name.size() <= 100 && llvm::isAlpha(name[0]) &&
         llvm::all_of(name, [](char c) { return llvm::isAlnum(c) || c == '_'; }) && !name.starts_with("fovea") &&
         !name.starts_with("halide");
}

/// Gives the program the name that is asked for, if it can be a library's.
static int nameProgram(Network &network, const CompileRequest &request) {
  auto programs = network.getModule().getOps<kern::ProgramOp>();
  if (programs.empty())
    return fail(llvm::createStringError(request.network.path + ": no network in the module"));
  kern::ProgramOp program = *programs.begin();
  if (failed(checkProgram(program)))
    return network.faultCode();
  if (!request.name.empty())
    program.setSymName(request.name);
  if (isLibraryName(program.getSymName()))
    return exitSuccess;
  return fail(llvm::createStringError(
      "a library cannot be called " + quote(program.getSymName()) +
      ": expected a letter, then letters, digits and underscores, 100 at most, and no name that begins with 'fovea' or "
      "'halide'; give one with --name"));
}

/// Notes on the program what its kernels need.
static void noteKernels(kern::ProgramOp program, const TargetInfo &target, llvm::ArrayRef<KernelObject> kernels) {
  int64_t scratch = 0, stack = 0;
  for (const KernelObject &kernel : kernels) {
    scratch = std::max(scratch, kernel.scratchBytes);
    stack = std::max(stack, kernel.stackBytes);
  }
  Builder builder(program.getContext());
  program->setAttr("target", builder.getStringAttr(target.name));
  program->setAttr("scratch_bytes", builder.getI64IntegerAttr(llvm::alignTo(scratch, FOVEA_ALIGNMENT)));
  program->setAttr("stack_bytes", builder.getI64IntegerAttr(stack));
  program->setAttr("cpu_features", builder.getI64IntegerAttr(target.cpuFeatures));
}

int fovea::compileToHost(Network &network, const CompileRequest &request, const StageOptions &options,
                         Progress &progress, std::vector<KernelObject> &kernels) {
  if (int code = network.advance(Stage::host, options))
    return code;
  if (int code = nameProgram(network, request))
    return code;
  if (int code = compileNetworkKernels(network, request, options.target, progress, kernels))
    return code;
  noteKernels(*network.getModule().getOps<kern::ProgramOp>().begin(), options.target, kernels);
  return exitSuccess;
}
