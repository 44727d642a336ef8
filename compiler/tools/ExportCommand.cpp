#include "compiler/tools/Checkpoint.h"
#include "compiler/tools/Commands.h"
#include "compiler/tools/DescribeNetwork.h"
#include "compiler/tools/ExportModel.h"
#include "compiler/tools/RunPython.h"
#include "compiler/transforms/Parameters.h"
#include "frontend/FileIO.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"

using namespace fovea;

/// What Python makes a model of, in a file that goes away again.
static int makeModel(const ExportRequest &request, mlir::func::FuncOp function) {
  llvm::SmallString<128> description;
  if (std::error_code error = llvm::sys::fs::createTemporaryFile("fovea-export", "json", description))
    return fail(llvm::createStringError(
        error, withId(ErrorId::FileAccess, "cannot make a temporary file: " + error.message())));
  llvm::FileRemover remover(description);
  if (llvm::Error error = writeFile(description, [&](llvm::raw_ostream &stream) { describeNetwork(function, stream); }))
    return fail(std::move(error));
  std::vector<llvm::StringRef> arguments{description, "-o", request.output};
  if (!request.weights.empty())
    arguments.insert(arguments.end(), {"--weights", request.weights});
  if (request.layers)
    arguments.push_back("--layers");
  return runPython("export", "fovea.exporter.command", arguments);
}

int fovea::exportModel(const ExportRequest &request) {
  Progress progress(/*quiet=*/true);
  Network network(progress);
  if (int code = network.readFixed(request.network, "export"))
    return code;
  llvm::SmallVector<mlir::func::FuncOp> functions = networksOf(network.getModule());
  if (network.getStage() != Stage::hvn || functions.size() != 1)
    return fail(userError(ErrorId::Stage, request.network.path + ": expected the network as written, a .net file"));
  Checkpoint checkpoint;
  if (!request.weights.empty())
    if (int code = checkpoint.read(request.weights, network.getModule(), request.lenient))
      return code;
  if (llvm::StringRef(request.output).ends_with(".json"))
    return fail(
        writeFile(request.output, [&](llvm::raw_ostream &stream) { describeNetwork(functions.front(), stream); }));
  return makeModel(request, functions.front());
}

void fovea::addExportCommand(CLI::App &app, int &code) {
  auto request = std::make_shared<ExportRequest>();
  CLI::App *command = app.add_subcommand("export", "Makes an ONNX model of a network");
  addNetworkArguments(*command, request->network);
  command->add_option("--weights", request->weights, "the weights, as safetensors; without, the model is for viewing")
      ->type_name("FILE");
  command->add_flag("--lenient", request->lenient, "warn of what the weight file holds without need, no more");
  command->add_option("-o", request->output, "the ONNX model; FILE.json: the network's layers as JSON, for programs")
      ->type_name("FILE")
      ->check(isNotEmpty)
      ->required();
  command->callback([request, &code] { code = exportModel(*request); });
}
