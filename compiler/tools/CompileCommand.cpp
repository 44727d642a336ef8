#include "compiler/tools/BuildLibrary.h"
#include "compiler/tools/Commands.h"
#include "dialect/Nearest.h"
#include "frontend/FileIO.h"
#include <fmt/core.h>

using namespace fovea;

void fovea::addNetworkArguments(CLI::App &command, NetworkFile &network) {
  command.add_option("NET", network.path, "the network: a .net file, or a printed .mlir of any stage")->required();
  command.add_option("-p", network.parameters, "a value for one of the network's parameters")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
}

void fovea::addSizeArgument(CLI::App &command, NetworkFile &network) {
  command
      .add_option("--size", network.sizes, "the network's parameter 'size'; several make one library that has them all")
      ->type_name("N,...");
}

void fovea::addKernelArguments(CLI::App &command, CompileRequest &request) {
  command.add_option("-j", request.jobs, "kernels compiled at the same time")
      ->type_name("N")
      ->check(CLI::Range(1, 1024));
  command.add_option("--timeout", request.seconds, "the time that compiling a kernel may take, in seconds")
      ->type_name("N")
      ->check(CLI::Range(1, 86400))
      ->capture_default_str();
  command.add_option("--max-memory", request.megabytes, "the memory that compiling a kernel may take, in MB")
      ->type_name("N")
      ->check(CLI::Range(512, 1 << 20))
      ->capture_default_str();
  command.add_option("--cache", request.cache, "folder in which compiled kernels are kept")->type_name("DIR");
  command.add_flag("--no-cache{false}", request.useCache, "compile all kernels, keep none");
}

void fovea::addOptimizationArgument(CLI::App &command, CompileRequest &request) {
  command
      .add_option_function<int>(
          "-O", [&request](int level) { request.fuse = level > 0; },
          "-O0: an op per kernel, plain loops: a second opinion")
      ->type_name("LEVEL")
      ->check(CLI::IsMember({0, 1}));
}

void fovea::addPrecisionArguments(CLI::App &command, CompileRequest &request) {
  static const std::map<std::string, Precision> names{{"f32", Precision::f32}, {"bf16", Precision::bf16}};
  command
      .add_option_function<std::string>(
          "--precision", [&request](const std::string &name) { request.precision = names.at(name); },
          "of products: f32, or bf16 with sums in f32")
      ->type_name("TYPE")
      ->check(CLI::IsMember({"f32", "bf16"}));
  command
      .add_option_function<std::string>(
          "--store", [&request](const std::string &name) { request.storeHalf = name == "f16"; },
          "weights as f32, or as f16 with arithmetic in f32: half as large")
      ->type_name("TYPE")
      ->check(CLI::IsMember({"f32", "f16"}));
}

std::string fovea::isNotEmpty(const std::string &path) {
  return path.empty() ? "an empty path; '.' is this folder" : "";
}

static std::string stageHelp() {
  std::string text = "Stages for --emit:\n";
  for (const StageInfo &stage : stages())
    text += fmt::format("  {:<13}{}\n", stage.name.str(), stage.help.str());
  return text;
}

static int run(CompileRequest &request, const std::string &stage) {
  if (stage.empty()) {
    std::string library;
    return buildLibrary(request, library);
  }
  request.emit = parseStage(stage);
  if (request.emit)
    return emitStage(request);
  llvm::SmallVector<llvm::StringRef> names;
  for (const StageInfo &info : stages())
    names.push_back(info.name);
  return fail(llvm::make_error<ToolError>(
      exitUsageError, fmt::format("--emit: there is no stage {}{}", quote(stage), nearest(stage, names))));
}

void fovea::addCompileCommand(CLI::App &app, int &code) {
  struct State {
    CompileRequest request;
    std::string stage;
  };
  auto state = std::make_shared<State>();
  CompileRequest &request = state->request;
  CLI::App *command = app.add_subcommand("compile", "Makes a native library, or prints a stage on the way to one");
  addNetworkArguments(*command, request.network);
  addSizeArgument(*command, request.network);
  command
      ->add_option("--batch", request.batch,
                   "images that a run of the library takes, one after the other: n of all tensors")
      ->type_name("N")
      ->check(CLI::Range(1, 65536));
  command->add_option("--weights", request.weights, "the weights, as safetensors")->type_name("FILE");
  CLI::Option *out = command->add_flag("--weights-out", request.weightsOut, "the weights in a file beside the library");
  command->add_flag("--weights-only", request.weightsOnly, "make that file alone, of other weights, and no library")
      ->excludes(out);
  command->add_flag("--lenient", request.lenient, "warn of what the weight file holds without need, no more");
  command->add_option("--target", request.target, "kinds of CPU, with commas between them; help tells which there are")
      ->type_name("T,...")
      ->each([](const std::string &value) {
        if (value == "help")
          throw CLI::CallForVersion(describeTargets(), CLI::ExitCodes::Success); // prints it and ends
      });
  command->add_option("-o", request.output, "folder for the library, or file for --emit")
      ->type_name("PATH")
      ->check(isNotEmpty);
  command->add_option("--name", request.name, "name of the library, if not the network's")->type_name("N");
  command->add_option("--emit", state->stage, "print this stage instead; up to host it needs no weights")
      ->type_name("STAGE");
  command->add_option("--dump-ir", request.dumpFolder, "write the module to a numbered file after every pass")
      ->type_name("DIR");
  addKernelArguments(*command, request);
  command->add_option("--schedule", request.schedule, "use these schedules of kernels")->type_name("FILE");
  command->add_option("--schedule-out", request.scheduleOut, "write the schedules, to be read, changed and used")
      ->type_name("FILE");
  command->add_option("--linker", request.linker, "the LLVM linker to use")->type_name("PATH");
  command->add_flag("--keep-layers", request.keepLayers, "the value of every layer becomes an output")->group("");
  addOptimizationArgument(*command, request);
  addPrecisionArguments(*command, request);
  command->add_flag("-q", request.quiet, "say nothing unless something is wrong");
  command->footer(stageHelp());
  command->callback([state, &code] { code = run(state->request, state->stage); });
}
