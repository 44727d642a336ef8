#include "compiler/host/Library.h"
#include "compiler/tools/BuildLibrary.h"
#include "compiler/tools/Commands.h"
#include "compiler/tools/Compare.h"
#include "llvm/Support/FileSystem.h"

using namespace fovea;

/// Compiles into a folder that goes away again, then compares.
static int compileAndCompare(CompileRequest &request, const CompareOptions &options) {
  llvm::SmallString<128> folder;
  if (std::error_code error = llvm::sys::fs::createUniqueDirectory("fovea-compare", folder))
    return fail(llvm::createStringError(error, "cannot make a temporary folder: " + error.message()));
  request.output = folder.str().str();
  std::string library;
  int code = buildLibrary(request, library);
  if (!code)
    code = compareLibrary(library, request.output, options);
  llvm::sys::fs::remove_directories(folder);
  return code;
}

void fovea::addCompareCommand(CLI::App &app, int &code) {
  struct State {
    CompileRequest request;
    CompareOptions options;
  };
  auto state = std::make_shared<State>();
  CompileRequest &request = state->request;
  CLI::App *command = app.add_subcommand("compare", "Compiles, runs, and compares with expected outputs");
  addNetworkArguments(*command, request.network);
  command->add_option("--weights", request.weights, "the weights, as safetensors")->type_name("FILE");
  command->add_option("--input", state->options.inputs, "a value for an input; a sole one needs no name")
      ->type_name("[NAME=]FILE.npy")
      ->allow_extra_args(false);
  command->add_option("--expected", state->options.expected, "what an output should be; a sole one needs no name")
      ->type_name("[NAME=]FILE.npy")
      ->required()
      ->allow_extra_args(false);
  command
      ->add_option("--tolerance", state->options.tolerance, "largest error, relative to the largest expected element")
      ->type_name("R")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_option("--target", request.target, "as for compile")->type_name("T");
  addKernelArguments(*command, request);
  command->add_option("--threads", state->options.threads, "threads")->type_name("N")->check(CLI::Range(1, 1024));
  command->add_flag("--plain", [state](int64_t) { state->request.fuse = false; }, "an op per kernel");
  command->callback([state, &code] {
    state->request.quiet = true;
    code = compileAndCompare(state->request, state->options);
  });
}
