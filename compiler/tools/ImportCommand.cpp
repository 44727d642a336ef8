#include "compiler/tools/Commands.h"
#include "compiler/tools/ToolError.h"
#include "frontend/FileIO.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include <cstdlib>

using namespace fovea;

namespace {
struct ImportRequest {
  std::string model, output, take;
  std::vector<std::string> sizes;
};
} // namespace

/// Runs the package that its first argument leads to. What the current folder holds is not looked at.
static constexpr const char *entry =
    "import sys; sys.path[0] = sys.argv.pop(1); from fovea.importer.command import main; sys.exit(main())";

/// The Python that runs the importer: $FOVEA_PYTHON, or the first python3 on the PATH.
static llvm::Expected<std::string> findPython() {
  const char *wanted = std::getenv("FOVEA_PYTHON");
  std::string name = wanted && *wanted ? wanted : "python3";
  llvm::ErrorOr<std::string> path = llvm::sys::findProgramByName(name);
  if (!path)
    return llvm::createStringError(path.getError(),
                                   withId(ErrorId::Python, "'import' needs Python: there is no " + quote(name) +
                                                               "; install Debian's python3, or set FOVEA_PYTHON"));
  return *path;
}

/// The path of this program.
static std::string thisProgram() {
  static int anchor = 0;
  return llvm::sys::fs::getMainExecutable("fovea", &anchor);
}

/// The folder with the importer, beside that of `program`.
static std::string packageFolder(llvm::StringRef program) {
  llvm::SmallString<256> path(program);
  llvm::sys::path::remove_filename(path);
  llvm::sys::path::append(path, "..", "lib", "fovea", "python");
  return path.str().str();
}

static int import(const ImportRequest &request) {
  llvm::Expected<std::string> python = findPython();
  if (!python)
    return reportError(python.takeError());
  std::string program = thisProgram(), folder = packageFolder(program);
  std::vector<llvm::StringRef> arguments{*python,       "-B", "-c",           entry,     folder,
                                         request.model, "-o", request.output, "--fovea", program};
  for (const std::string &size : request.sizes)
    arguments.insert(arguments.end(), {"--set", size});
  if (!request.take.empty())
    arguments.insert(arguments.end(), {"--take", request.take});
  std::string problem;
  int code = llvm::sys::ExecuteAndWait(*python, arguments, /*Env=*/std::nullopt, /*Redirects=*/{}, /*SecondsToWait=*/0,
                                       /*MemoryLimit=*/0, &problem);
  if (code < 0)
    return reportError(
        llvm::createStringError(std::make_error_code(std::errc::io_error),
                                withId(ErrorId::Python, "cannot run " + quote(*python) + ": " + problem)));
  return code;
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
