#include "compiler/tools/BuildLibrary.h"
#include "compiler/host/CheckProgram.h"
#include "compiler/host/Codegen.h"
#include "compiler/host/Link.h"
#include "compiler/host/Manifest.h"
#include "compiler/host/Model.h"
#include "compiler/host/Publish.h"
#include "compiler/tools/Checkpoint.h"
#include "compiler/transforms/EvaluateWeights.h"
#include "dialect/Axes.h"
#include "dialect/Nearest.h"
#include "frontend/FileIO.h"
#include "runtime/abi.h"
#include "runtime/embedded.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <fmt/core.h>
#include <thread>

using namespace mlir;
using namespace fovea;

static kern::ProgramOp programOf(Network &network) {
  auto programs = network.getModule().getOps<kern::ProgramOp>();
  return programs.empty() ? kern::ProgramOp() : *programs.begin();
}

static int userError(const llvm::Twine &text) { return fail(llvm::createStringError(text)); }

int fovea::stageOptions(const CompileRequest &request, StageOptions &options) {
  options.fuse = request.fuse;
  if (std::optional<TargetInfo> target = parseTarget(request.target)) {
    options.target = *target;
    return exitSuccess;
  }
  if (request.target == "host" || request.target.empty())
    return userError("this machine's CPU has less than the least of the targets, " + knownTargets().back().name +
                     "; name one with --target");
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

int fovea::annotateProgram(Network &network, const CompileRequest &request, const TargetInfo &target,
                           llvm::ArrayRef<KernelObject> objects) {
  kern::ProgramOp program = programOf(network);
  if (!program)
    return userError(request.network.path + ": no network in the module");
  if (failed(checkProgram(program)))
    return network.faultCode();
  if (!request.name.empty())
    program.setSymName(request.name);
  if (!isLibraryName(program.getSymName()))
    return userError("a library cannot be called " + quote(program.getSymName()) +
                     ": expected a letter, then letters, digits and underscores, 100 at most, and no name that begins "
                     "with 'fovea' or 'halide'; give one with --name");
  int64_t scratch = 0, stack = 0;
  for (const KernelObject &object : objects) {
    scratch = std::max(scratch, object.scratchBytes);
    stack = std::max(stack, object.stackBytes);
  }
  Builder builder(program.getContext());
  program->setAttr("target", builder.getStringAttr(target.name));
  program->setAttr("scratch_bytes", builder.getI64IntegerAttr(llvm::alignTo(scratch, FOVEA_ALIGNMENT)));
  program->setAttr("stack_bytes", builder.getI64IntegerAttr(stack));
  program->setAttr("cpu_features", builder.getI64IntegerAttr(target.cpuFeatures));
  return exitSuccess;
}

static HeaderInfo headerInfo(kern::ProgramOp program) {
  auto tensors = [](ArrayAttr attribute) {
    std::vector<HeaderTensor> result;
    for (const ProgramTensor &tensor : programTensors(attribute)) {
      HeaderTensor &entry = result.emplace_back();
      entry.name = tensor.name;
      entry.type = tensor.elementName();
      entry.shape = tensor.type.getShape();
      for (llvm::StringRef axis : hvn::getAxes(tensor.type).getNames())
        entry.axes.push_back(axis.str());
    }
    return result;
  };
  auto number = [&](llvm::StringRef name) { return uint64_t(program->getAttrOfType<IntegerAttr>(name).getInt()); };
  return {.name = program.getSymName().str(),
          .target = program->getAttrOfType<StringAttr>("target").str(),
          .version = FOVEA_VERSION,
          .inputs = tensors(program.getInputs()),
          .outputs = tensors(program.getOutputs()),
          .arenaBytes = llvm::alignTo(program.getArenaBytes(), FOVEA_ALIGNMENT),
          .scratchBytes = number("scratch_bytes"),
          .stackBytes = number("stack_bytes")};
}

namespace {

/// A library in the making.
class LibraryBuilder {
public:
  LibraryBuilder(const CompileRequest &request) : request(request), progress(request.quiet), network(progress) {}

  int build(std::string &library) {
    for (auto step : {&LibraryBuilder::prepare, &LibraryBuilder::compile, &LibraryBuilder::package})
      if (int code = (this->*step)())
        return code;
    llvm::SmallString<128> path(request.output);
    llvm::sys::path::append(path, "lib" + info.name + ".so");
    library = path.str().str();
    return exitSuccess;
  }

private:
  /// Everything that may be wrong with what the user gave.
  int prepare() {
    if (int code = stageOptions(request, options))
      return code;
    llvm::Expected<std::string> found = findLinker(request.linker);
    if (!found)
      return fail(found.takeError());
    linker = *found;
    if (int code = network.read(request.network))
      return code;
    if (network.getStage() >= Stage::llvm)
      return userError(request.network.path + " has lost its kernels: a library can be made of stages up to 'host'");
    if (!request.weights.empty()) {
      progress.phase("weights");
      if (int code = checkpoint.read(request.weights, network.getModule()))
        return code;
    } else if (size_t count = parametersOf(network.getModule()).size()) {
      return userError(
          fmt::format("the network has {} weights: give them with --weights FILE.safetensors, or make some "
                      "up with 'fovea weights {} -o FILE.safetensors'",
                      count, request.network.path));
    }
    return request.dumpFolder.empty() ? exitSuccess : network.dumpTo(request.dumpFolder);
  }

  int compile() {
    if (int code = network.advance(Stage::host, options))
      return code;
    if (int code = compileNetworkKernels(network, request, options.target, progress, kernels))
      return code;
    if (int code = annotateProgram(network, request, options.target, kernels))
      return code;
    info = headerInfo(programOf(network));
    progress.phase("weights");
    auto bytes = evaluateWeights(
        network.getModule(), [&](llvm::StringRef key, RankedTensorType type) { return checkpoint.lookup(key, type); });
    if (failed(bytes))
      return network.faultCode();
    weights = std::move(*bytes);
    if (int64_t(weights.size()) != int64_t(programOf(network).getWeightBytes()))
      return userError(fmt::format("{}: the program reads {} bytes of weights, but the function 'weights' makes {}",
                                   request.network.path, programOf(network).getWeightBytes(), weights.size()));
    progress.phase("host program");
    return network.advance(Stage::llvm, options);
  }

  int package() {
    progress.phase("library");
    llvm::Expected<StagingFolder> staging = StagingFolder::make(request.output, info.name);
    if (!staging)
      return fail(staging.takeError());
    if (llvm::Error error = fill(*staging))
      return fail(std::move(error));
    std::vector<std::string> files{"lib" + info.name + ".so", "lib" + info.name + ".a", info.name + ".h",
                                   info.name + ".json"};
    uint64_t bytes = 0;
    llvm::sys::fs::file_size(*staging / files.front(), bytes);
    if (llvm::Error error = staging->publish(files))
      return fail(std::move(error));
    Progress::clear();
    if (!request.quiet)
      llvm::errs() << fmt::format(
          "fovea: {0}/lib{1}.so ({2:.1f} MB), lib{1}.a, {1}.h, {1}.json for {3}; {4} kernels, arena "
          "{5:.1f} MB, {6:.1f} s\n",
          request.output.empty() ? "." : request.output, info.name, bytes / 1e6, info.target, kernels.size(),
          info.arenaBytes / 1e6, progress.seconds());
    return exitSuccess;
  }

  /// Makes all files of the library, and more, in `staging`.
  llvm::Error fill(const StagingFolder &staging) {
    CodegenTarget target{options.target.triple, options.target.cpu};
    LinkJob job{linker, {}, info.name, staging.path().str()};
    auto add = [&](const std::string &file, llvm::StringRef bytes) {
      job.objects.push_back(staging / file);
      return staging.write(file, bytes);
    };
    llvm::Expected<ObjectBytes> host = compileToObject(network.getModule(), target);
    if (!host)
      return host.takeError();
    if (llvm::Error error = add("host.o", llvm::StringRef(host->data(), host->size())))
      return error;
    for (auto [number, kernel] : llvm::enumerate(kernels))
      if (llvm::Error error = add(fmt::format("kernel{}.o", number), kernel.object))
        return error;
    if (llvm::Error error =
            add("runtime.o", llvm::StringRef(reinterpret_cast<const char *>(runtimeObject), runtimeObjectSize)))
      return error;
    if (llvm::Error error = staging.write("weights.bin", llvm::StringRef(weights.data(), weights.size())))
      return error;
    llvm::Expected<ObjectBytes> embedded = embedFile(staging / "weights.bin", "fovea_weights", target);
    if (!embedded)
      return embedded.takeError();
    if (llvm::Error error = add("weights.o", llvm::StringRef(embedded->data(), embedded->size())))
      return error;
    if (llvm::Error error = linkShared(job))
      return error;
    if (llvm::Error error = linkStatic(job))
      return error;
    if (llvm::Error error = staging.write(info.name + ".h", makeHeader(info)))
      return error;
    ManifestSources sources{hashOf(network.text()), checkpoint.hash(), {}};
    for (llvm::StringRef parameter : request.network.parameters)
      sources.parameters.emplace_back(parameter.split('='));
    return staging.write(info.name + ".json", makeManifest(info, kernels.size(), weights.size(), sources));
  }

  const CompileRequest &request;
  Progress progress;
  Network network;
  StageOptions options;
  std::string linker;
  Checkpoint checkpoint;
  std::vector<KernelObject> kernels;
  std::vector<char> weights;
  HeaderInfo info;
};

} // namespace

int fovea::buildLibrary(const CompileRequest &request, std::string &library) {
  return LibraryBuilder(request).build(library);
}
