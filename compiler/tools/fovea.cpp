// fovea: networks to native libraries, and what goes with that.
#include "compiler/tools/Commands.h"
#include "compiler/tools/ToolError.h"
#include "dialect/Nearest.h"
#include "frontend/FileIO.h"
#include "llvm/Support/ErrorHandling.h"
#include <cstdio>
#include <cstdlib>
#include <new>
#include <unistd.h>

static constexpr const char *examples = R"(fovea: networks of convolutions and attention to native libraries.

  fovea weights examples/cas_vit.net -p variant=xs -o w.safetensors    make up weights
  fovea compile examples/cas_vit.net -p variant=xs --weights w.safetensors -o out
  fovea run     out/libcas_vit.so --input image=x.npy --output logits=y.npy
  fovea bench   out/libcas_vit.so                                      how fast
  fovea compile examples/cas_vit.net --emit=kernels                    how it is compiled)";

static constexpr const char *exitCodes = "Exit codes: 1 something is wrong with what was given, 2 usage, 3 a fault of "
                                         "fovea's, 4 no memory, no disk space\nor no linker. "
                                         "'fovea COMMAND --help' says more.";

[[noreturn]] static void die(const char *text, fovea::ExitCode code) {
  std::fprintf(stderr, "fovea: error: %s\n", text);
  std::_Exit(code);
}

/// What LLVM would end by printing a stack and a request to write to its authors.
static void installHandlers() {
  std::set_new_handler([] { die("out of memory", fovea::exitNoResources); });
  llvm::install_bad_alloc_error_handler(
      [](void *, const char *, bool) { die("out of memory", fovea::exitNoResources); });
  llvm::install_fatal_error_handler([](void *, const char *text, bool) {
    std::string message = "internal error: " + std::string(text);
    die(message.c_str(), fovea::exitInternalError);
  });
}

/// The message for arguments that nobody asked for, with the nearest option or subcommand.
static std::string describeExtras(const CLI::App &app) {
  std::string wrong = app.remaining(/*recurse=*/true).front();
  std::vector<std::string> legal;
  auto active = app.get_subcommands();
  if (wrong[0] != '-' && active.empty())
    for (const CLI::App *command : app.get_subcommands([](const CLI::App *) { return true; }))
      legal.push_back(command->get_name());
  for (const CLI::Option *option : (active.empty() ? app : *active.front()).get_options())
    if (wrong[0] == '-')
      legal.push_back(option->get_name());
  const char *kind = wrong[0] == '-' ? "option" : active.empty() ? "subcommand" : "further argument";
  return "there is no " + std::string(kind) + " " + fovea::quote(wrong) +
         fovea::nearest(wrong, std::vector<llvm::StringRef>(legal.begin(), legal.end()));
}

int main(int argc, char **argv) {
  installHandlers();
  CLI::App app(examples, "fovea");
  app.set_version_flag("--version", "fovea " FOVEA_VERSION);
  app.require_subcommand(1);
  app.footer(exitCodes);
  int code = fovea::exitSuccess;
  fovea::addCompileCommand(app, code);
  fovea::addRunCommand(app, code);
  fovea::addBenchCommand(app, code);
  fovea::addWeightsCommand(app, code);
  fovea::addCompareCommand(app, code);
  fovea::addCacheCommand(app, code);
  fovea::addExplainCommand(app, code);
  fovea::addExportCommand(app, code);
  fovea::addFormatCommand(app, code);
  fovea::addImportCommand(app, code);
  fovea::addStatsCommand(app, code);
  fovea::addTuneCommand(app, code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success &wish) { // of help, or of the version
    return app.exit(wish);
  } catch (const CLI::ParseError &error) {
    bool extra = !app.remaining(/*recurse=*/true).empty();
    std::string text = extra ? describeExtras(app) : std::string(error.what());
    return fovea::reportError(llvm::make_error<fovea::ToolError>(fovea::exitUsageError, std::move(text)));
  }
  return code;
}
