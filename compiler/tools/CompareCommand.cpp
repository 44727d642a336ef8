#include "compiler/host/Library.h"
#include "compiler/tools/BuildLibrary.h"
#include "compiler/tools/Commands.h"
#include "compiler/tools/Compare.h"
#include "compiler/tools/CompareLayers.h"
#include "compiler/tools/OnnxRuntime.h"
#include "compiler/tools/Run.h"
#include "frontend/FileIO.h"
#include "llvm/Support/FileSystem.h"

using namespace fovea;

/// Has ONNX Runtime make what is expected of a library, of the inputs of `options` or made-up ones, in `folder`. Sets
/// `options` to these files.
static int expectOnnxRuntime(const CompileRequest &request, const std::string &library, const std::string &folder,
                             CompareOptions &options) {
  if (llvm::StringRef(request.network.sizes).contains(','))
    return fail(llvm::make_error<ToolError>(exitUsageError, "--against onnxruntime: at one size; name one"));
  llvm::Expected<Library> opened = Library::open(library);
  if (!opened)
    return reportError(opened.takeError());
  auto inputs = readInputs(*opened, withNames(options.inputs, opened->inputs()), /*makeUp=*/true);
  if (!inputs)
    return reportError(inputs.takeError());
  for (const fovea_tensor_info &output : opened->outputs())
    options.expected.push_back(std::string(output.name) + "=" + folder + "/expected-" + output.name + ".npy");
  return runOnnxRuntime({request.network, request.weights, folder + "/model.onnx", request.lenient}, inputs->buffers,
                        options.expected, options.inputs);
}

/// Compiles into a folder that goes away again, then compares.
static int compileAndCompare(CompileRequest &request, CompareOptions &options, bool withOnnxRuntime,
                             LayerOptions *layers) {
  llvm::SmallString<128> folder;
  if (std::error_code error = llvm::sys::fs::createUniqueDirectory("fovea-compare", folder))
    return fail(llvm::createStringError(
        error, withId(ErrorId::FileAccess, "cannot make a temporary folder: " + error.message())));
  request.output = folder.str().str();
  int code = exitSuccess;
  if (layers) {
    code = compareLayers(request, *layers, request.output);
  } else {
    std::string library;
    code = buildLibrary(request, library);
    if (!code && withOnnxRuntime)
      code = expectOnnxRuntime(request, library, request.output, options);
    if (!code)
      code = compareLibrary(library, request.output, options);
  }
  llvm::sys::fs::remove_directories(folder);
  return code;
}

void fovea::addCompareCommand(CLI::App &app, int &code) {
  struct State {
    CompileRequest request;
    CompareOptions options;
    LayerOptions layerOptions;
    bool layers = false;
  };
  auto state = std::make_shared<State>();
  CompileRequest &request = state->request;
  CLI::App *command = app.add_subcommand("compare", "Compiles, runs, and compares with expected outputs");
  addNetworkArguments(*command, request.network);
  addSizeArgument(*command, request.network);
  command->add_option("--weights", request.weights, "the weights, as safetensors")->type_name("FILE");
  command->add_flag("--lenient", request.lenient, "warn of what the weight file holds without need, no more");
  command->add_option("--input", state->options.inputs, "a value for an input; a sole one needs no name")
      ->type_name("[NAME=]FILE.npy")
      ->allow_extra_args(false);
  command->add_option("--expected", state->options.expected, "what an output should be; a sole one needs no name")
      ->type_name("[NAME=]FILE.npy")
      ->allow_extra_args(false);
  command
      ->add_option("--tolerance", state->options.tolerance, "largest error, relative to the largest expected element")
      ->type_name("R")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_option("--target", request.target, "as for compile")->type_name("T");
  addKernelArguments(*command, request);
  command->add_option("--threads", state->options.threads, "threads")->type_name("N")->check(CLI::Range(1, 1024));
  addOptimizationArgument(*command, request);
  addPrecisionArguments(*command, request);
  LayerOptions &layers = state->layerOptions;
  auto *flag = command->add_flag("--layers", state->layers, "every layer beside its reference: which one is wrong?");
  auto ofLayers = [&](CLI::Option *option) { return option->needs(flag); };
  command
      ->add_option(
          "--against", layers.against,
          "onnxruntime: the network as ONNX Runtime computes it; with --layers: the compiled side is this file")
      ->type_name("onnxruntime | NET");
  ofLayers(command->add_option("--against-weights", layers.againstWeights, "with --layers: it has these weights"))
      ->type_name("FILE");
  ofLayers(command->add_option("--expected-layers", layers.expected,
                               "with --layers: NAME.npy of layers, to be compared with"))
      ->type_name("DIR");
  ofLayers(command->add_option("--dump-layers", layers.dump, "with --layers: write each layer as NAME.npy"))
      ->type_name("DIR");
  command->callback([state, &code] {
    state->request.quiet = true;
    const std::string &against = state->layerOptions.against;
    bool withOnnxRuntime = against == "onnxruntime";
    if (!state->layers && !withOnnxRuntime && !against.empty())
      throw CLI::ValidationError("--against", "without --layers expected onnxruntime, found " + quote(against));
    if (withOnnxRuntime && !state->options.expected.empty())
      throw CLI::ExcludesError("--against onnxruntime", "--expected");
    if (withOnnxRuntime && !state->layerOptions.expected.empty())
      throw CLI::ExcludesError("--against onnxruntime", "--expected-layers");
    if (!state->layers && !withOnnxRuntime && state->options.expected.empty())
      throw CLI::RequiredError("--expected, --against onnxruntime or --layers");
    state->layerOptions.inputs = state->options.inputs;
    state->layerOptions.tolerance = state->options.tolerance;
    state->layerOptions.threads = state->options.threads;
    code = compileAndCompare(state->request, state->options, withOnnxRuntime,
                             state->layers ? &state->layerOptions : nullptr);
  });
}
