#include "compiler/tools/BuildLibrary.h"
#include "compiler/host/Codegen.h"
#include "compiler/host/Link.h"
#include "compiler/host/Manifest.h"
#include "compiler/host/Model.h"
#include "compiler/host/Publish.h"
#include "compiler/tools/Checkpoint.h"
#include "compiler/transforms/EvaluateWeights.h"
#include "compiler/transforms/Parameters.h"
#include "dialect/Axes.h"
#include "runtime/abi.h"
#include "runtime/embedded.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <cstring>
#include <fmt/core.h>

using namespace mlir;
using namespace fovea;

/// What there is to say about the programs of a network at Stage::host.
static HeaderInfo headerInfo(Network &network) {
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
  HeaderInfo info;
  info.version = FOVEA_VERSION;
  kern::ProgramOp last;
  for (kern::ProgramOp program : network.getModule().getOps<kern::ProgramOp>()) {
    info.sizes.push_back(
        {programSize(program).value_or(0), tensors(program.getInputs()), tensors(program.getOutputs())});
    info.arenaBytes = std::max<uint64_t>(info.arenaBytes, llvm::alignTo(program.getArenaBytes(), FOVEA_ALIGNMENT));
    last = program;
  }
  auto number = [&](llvm::StringRef name) { return uint64_t(last->getAttrOfType<IntegerAttr>(name).getInt()); };
  info.name = libraryName(last);
  for (const ProgramTarget &target : programTargets(last))
    info.targets.push_back(target.name.str());
  info.weightsInFile = weightsIdentity(last);
  for (const ProgramBound &bound : programBounds(last))
    info.bounds.push_back({bound.size.least, bound.size.most, bound.size.step, bound.input, bound.axis});
  info.scratchBytes = number("scratch_bytes");
  info.stackBytes = number("stack_bytes");
  return info;
}

/// Says on the programs which weights they read, and how these are packed: all but their values.
static void identifyWeights(ModuleOp module) {
  std::string text;
  if (auto weights = module.lookupSymbol<func::FuncOp>(weightsFunction)) {
    llvm::raw_string_ostream stream(text);
    weights.print(stream, OpPrintingFlags().useLocalScope());
  }
  uint64_t identity;
  llvm::StringRef(hashOf(text)).take_front(16).getAsInteger(16, identity);
  for (kern::ProgramOp program : module.getOps<kern::ProgramOp>())
    program->setAttr("weights_identity", Builder(module.getContext()).getI64IntegerAttr(identity ? identity : 1));
}

namespace {

/// A library in the making.
class LibraryBuilder {
public:
  LibraryBuilder(const CompileRequest &request) : request(request), progress(request.quiet), network(progress) {}

  int build(std::string &library) {
    auto last = request.weightsOnly ? &LibraryBuilder::packageWeights : &LibraryBuilder::package;
    for (auto step : {&LibraryBuilder::prepare, &LibraryBuilder::compile, last})
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
    if (int code = (request.batch > 1 ? network.readFixed(request.network, "--batch") : network.read(request.network)))
      return code;
    if (int code = readSchedules(network, request, options))
      return code;
    if (network.getStage() >= Stage::llvm)
      return fail(userError(ErrorId::Stage, request.network.path +
                                                " has lost its kernels: a library can be made of stages up to 'host'"));
    if (!request.weights.empty()) {
      progress.phase("weights");
      if (int code = checkpoint.read(request.weights, network.getModule(), request.lenient))
        return code;
    } else if (size_t count = parametersOf(network.getModule()).size()) {
      return fail(
          userError(ErrorId::WeightsMissing,
                    fmt::format("the network has {} weights: give them with --weights FILE.safetensors, or make some "
                                "up with 'fovea weights {} -o FILE.safetensors'",
                                count, request.network.path)));
    }
    return request.dumpFolder.empty() ? exitSuccess : network.dumpTo(request.dumpFolder);
  }

  int compile() {
    if (int code = compileToHost(network, request, options, progress, kernels))
      return code;
    if (request.weightsOut || request.weightsOnly)
      identifyWeights(network.getModule());
    info = headerInfo(network);
    progress.phase("weights");
    auto bytes = evaluateWeights(
        network.getModule(), [&](llvm::StringRef key, RankedTensorType type) { return checkpoint.lookup(key, type); });
    if (failed(bytes))
      return network.faultCode();
    weights = std::move(*bytes);
    kern::ProgramOp program = *network.getModule().getOps<kern::ProgramOp>().begin(); // all read the same weights
    if (int64_t(weights.size()) != int64_t(program.getWeightBytes()))
      return fail(userError(
          ErrorId::Stage, fmt::format("{}: the program reads {} bytes of weights, but the function 'weights' makes {}",
                                      request.network.path, program.getWeightBytes(), weights.size())));
    identity = weightsIdentity(program);
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
    std::vector<std::string> files{"lib" + info.name + ".so", "lib" + info.name + ".a", info.name + ".h"};
    if (info.weightsInFile)
      files.push_back(info.name + ".weights");
    files.push_back(info.name + ".json");
    uint64_t bytes = 0;
    llvm::sys::fs::file_size(*staging / files.front(), bytes);
    if (llvm::Error error = staging->publish(files))
      return fail(std::move(error));
    Progress::clear();
    auto cached = llvm::count_if(kernels, [](const KernelObject &kernel) { return kernel.cached; });
    if (!request.quiet)
      llvm::errs() << fmt::format(
          "fovea: {0}/lib{1}.so ({2:.1f} MB), lib{1}.a, {1}.h, {1}.json for {3}; {4} kernels{5}, arena "
          "{6:.1f} MB, {7:.1f} s\n",
          request.output.empty() ? "." : request.output, info.name, bytes / 1e6, llvm::join(info.targets, ", "),
          kernels.size(), cached ? fmt::format(" ({} from the cache)", cached) : "", info.arenaBytes / 1e6,
          progress.seconds());
    return exitSuccess;
  }

  /// Makes the file with the weights alone.
  int packageWeights() {
    llvm::Expected<StagingFolder> staging = StagingFolder::make(request.output, info.name);
    if (!staging)
      return fail(staging.takeError());
    if (llvm::Error error = writeWeights(*staging))
      return fail(std::move(error));
    std::string file = info.name + ".weights";
    if (llvm::Error error = staging->publish(file))
      return fail(std::move(error));
    Progress::clear();
    if (!request.quiet)
      llvm::errs() << fmt::format("fovea: {}/{} ({:.1f} MB), {:.1f} s\n", request.output.empty() ? "." : request.output,
                                  file, weights.size() / 1e6, progress.seconds());
    return exitSuccess;
  }

  llvm::Error writeWeights(const StagingFolder &staging) {
    fovea_weights_header header{{}, identity, weights.size()};
    std::memcpy(header.magic, FOVEA_WEIGHTS_MAGIC, sizeof header.magic);
    std::string bytes(reinterpret_cast<const char *>(&header), sizeof header);
    bytes.resize(FOVEA_WEIGHTS_OFFSET);
    bytes.append(weights.data(), weights.size());
    return staging.write(info.name + ".weights", bytes);
  }

  /// Adds the weights to the objects of the library.
  llvm::Error embedWeights(const StagingFolder &staging, const CodegenTarget &target, LinkJob &job) {
    if (llvm::Error error = staging.write("weights.bin", llvm::StringRef(weights.data(), weights.size())))
      return error;
    llvm::Expected<ObjectBytes> embedded = embedFile(staging / "weights.bin", "fovea_weights", target);
    if (!embedded)
      return embedded.takeError();
    job.objects.push_back(staging / "weights.o");
    return staging.write("weights.o", llvm::StringRef(embedded->data(), embedded->size()));
  }

  /// Makes all files of the library, and more, in `staging`.
  llvm::Error fill(const StagingFolder &staging) {
    CodegenTarget target{options.target.triple, options.targets.back().cpu}; // runs on all of them
    LinkJob job{
        linker, target.triple, {}, info.name, staging.path().str(), info.sizes.size() > 1, !info.bounds.empty()};
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
    size_t runtimeBytes;
    auto *runtime = reinterpret_cast<const char *>(fovea_embedded_runtime(target.triple.c_str(), &runtimeBytes));
    if (llvm::Error error = add("runtime.o", llvm::StringRef(runtime, runtimeBytes)))
      return error;
    if (llvm::Error error = info.weightsInFile ? writeWeights(staging) : embedWeights(staging, target, job))
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
    if (info.sizes.size() == 1 && !request.network.sizes.empty()) // a parameter like any other
      sources.parameters.emplace_back("size", request.network.sizes);
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
  uint64_t identity = 0; ///< of the weights, if they are in a file of their own
  HeaderInfo info;
};

} // namespace

int fovea::buildLibrary(const CompileRequest &request, std::string &library) {
  return LibraryBuilder(request).build(library);
}
