#include "compiler/tools/Commands.h"
#include "compiler/tools/RunPython.h"

using namespace fovea;

namespace {
struct ImportRequest {
  std::string model, output, take;
  std::vector<std::string> sizes;
};
} // namespace

static int import(const ImportRequest &request) {
  std::string program = thisProgram();
  std::vector<llvm::StringRef> arguments{request.model, "-o", request.output, "--fovea", program};
  for (const std::string &size : request.sizes)
    arguments.insert(arguments.end(), {"--set", size});
  if (!request.take.empty())
    arguments.insert(arguments.end(), {"--take", request.take});
  return runPython("import", "fovea.importer.command", arguments);
}

void fovea::addImportCommand(CLI::App &app, int &code) {
  auto request = std::make_shared<ImportRequest>();
  CLI::App *command =
      app.add_subcommand("import", "Makes a .net file and weights of an ONNX model, or weights of a checkpoint");
  command
      ->add_option("MODEL", request->model,
                   "an ONNX model; a checkpoint (.pth), or the index of weights in several files (.json)")
      ->required();
  command->add_option("-o", request->output, "writes NAME.net, unless MODEL is weights alone, and NAME.safetensors")
      ->type_name("NAME")
      ->check(isNotEmpty)
      ->required();
  command
      ->add_option("--take", request->take, "the dictionary of the checkpoint that has the weights, such as model_ema")
      ->type_name("KEY");
  command
      ->add_option("--set", request->sizes,
                   "a size that the model leaves open, such as height=320: the default of the network's parameter")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  command->callback([request, &code] { code = import(*request); });
}
