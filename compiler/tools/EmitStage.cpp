#include "compiler/host/Codegen.h"
#include "compiler/tools/BuildLibrary.h"
#include "frontend/FileIO.h"
#include <fmt/core.h>

using namespace fovea;

static llvm::StringRef nameOf(Stage stage) {
  return llvm::find_if(stages(), [&](const StageInfo &info) { return info.stage == stage; })->name;
}

/// Brings `network` to the stage that the request asks for and prints it to `stream`.
static int emitTo(llvm::raw_ostream &stream, const CompileRequest &request, Network &network, Progress &progress) {
  Stage wanted = *request.emit;
  StageOptions options;
  if (int code = stageOptions(request, options))
    return code;
  if (wanted == Stage::ast && request.network.isPrintedModule())
    return fail(
        userError(ErrorId::Stage, request.network.path + " is a printed module; only a .net file has a syntax tree"));
  if (wanted == Stage::ast)
    return network.printAst(request.network, stream);
  if (int code = network.read(request.network))
    return code;
  bool ofKernels = wanted == Stage::halideStmt || wanted == Stage::assembly;
  if (network.getStage() > (ofKernels ? Stage::host : wanted))
    return fail(
        userError(ErrorId::Stage, fmt::format("{} is already in the stage '{}', past '{}'", request.network.path,
                                              nameOf(network.getStage()).str(), nameOf(wanted).str())));
  if (!request.dumpFolder.empty())
    if (int code = network.dumpTo(request.dumpFolder))
      return code;

  if (int code = readSchedules(network, request, options))
    return code;
  if (wanted >= Stage::kernels)
    if (int code = formKernels(network, request, options))
      return code;
  std::vector<KernelObject> kernels;
  if (ofKernels) {
    if (int code = compileNetworkKernels(network, request, options, progress, kernels))
      return code;
    for (const KernelObject &kernel : kernels)
      stream << (wanted == Stage::assembly ? "# kernel " : "// kernel ") << kernel.name << '\n'
             << (wanted == Stage::assembly ? kernel.assembly : kernel.stmt) << '\n';
    return exitSuccess;
  }
  // The model of the LLVM stage holds what only the compiled kernels tell.
  if (wanted >= Stage::llvm && network.getStage() < Stage::llvm)
    if (int code = compileToHost(network, request, options, progress, kernels))
      return code;
  if (int code = network.advance(wanted, options))
    return code;
  if (wanted != Stage::object) {
    Network::print(network.getModule(), stream);
    return exitSuccess;
  }
  llvm::Expected<ObjectBytes> object =
      compileToObject(network.getModule(), {options.target.triple, options.targets.back().cpu});
  if (!object)
    return fail(object.takeError());
  stream.write(object->data(), object->size());
  return exitSuccess;
}

int fovea::emitStage(const CompileRequest &request) {
  Progress progress(request.quiet);
  Network network(progress);
  bool toFile = !request.output.empty() && request.output != "-";
  if (*request.emit == Stage::object && !toFile)
    return fail(llvm::make_error<ToolError>(exitUsageError, "--emit=obj makes a binary file: name it with -o FILE"));
  // Nothing is written before all is known.
  std::string text;
  llvm::raw_string_ostream stream(text);
  if (int code = emitTo(stream, request, network, progress))
    return code;
  Progress::clear();
  if (toFile)
    return fail(writeFile(request.output, [&](llvm::raw_ostream &file) { file << text; }));
  llvm::outs() << text;
  llvm::outs().flush();
  if (std::error_code error = llvm::outs().error()) {
    llvm::outs().clear_error();
    return fail(
        llvm::createStringError(error, withId(ErrorId::FileAccess, "cannot write to stdout: " + error.message())));
  }
  return exitSuccess;
}
