// fovea: networks to native libraries, and what goes with that.
#include "compiler/tools/Commands.h"
#include "compiler/tools/ToolError.h"
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

int main(int argc, char **argv) {
  installHandlers();
  CLI::App app(examples, "fovea");
  app.set_version_flag("--version", "fovea " FOVEA_VERSION);
  app.require_subcommand(1);
  app.footer(exitCodes);
  app.failure_message([](const CLI::App *, const CLI::Error &error) {
    return "fovea: error: " + std::string(error.what()) + "; 'fovea --help' shows examples\n";
  });
  int code = fovea::exitSuccess;
  fovea::addCompileCommand(app, code);
  fovea::addRunCommand(app, code);
  fovea::addBenchCommand(app, code);
  fovea::addWeightsCommand(app, code);
  fovea::addCompareCommand(app, code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &error) {
    return app.exit(error) == 0 ? fovea::exitSuccess : fovea::exitUsageError;
  }
  return code;
}
