#include "compiler/tools/Commands.h"
#include "compiler/tools/Tune.h"
#include "frontend/FileIO.h"
#include <fmt/core.h>

using namespace fovea;

/// `90`, `90s`, `1.5m` or `1h` as seconds.
static std::optional<double> parseDuration(llvm::StringRef text) {
  double factor = 1, value;
  if (text.consume_back("m"))
    factor = 60;
  else if (text.consume_back("h"))
    factor = 3600;
  else
    text.consume_back("s");
  if (text.getAsDouble(value) || !(value > 0 && value * factor <= 7 * 86400))
    return std::nullopt;
  return value * factor;
}

void fovea::addTuneCommand(CLI::App &app, int &code) {
  auto request = std::make_shared<TuneRequest>();
  CompileRequest &compile = request->compile;
  CLI::App *command = app.add_subcommand("tune", "Searches faster schedules on this machine, for compile --schedule");
  addNetworkArguments(*command, compile.network);
  command->add_option("--weights", compile.weights, "the weights, as safetensors; made up if there are none")
      ->type_name("FILE");
  command->add_flag("--lenient", compile.lenient, "warn of what the weight file holds without need, no more");
  command
      ->add_option_function<std::string>(
          "--budget",
          [request](const std::string &text) {
            std::optional<double> seconds = parseDuration(text);
            if (!seconds)
              throw CLI::ValidationError("--budget " + quote(text) +
                                         ": expected a time such as 90s, 5m or 1h, of at most a week");
            request->seconds = *seconds;
          },
          "the time that the search may take: 90s, 5m, 1h; 60s if nothing is said")
      ->type_name("TIME");
  command->add_option("--threads", request->threads, "threads of a run")->type_name("N")->check(CLI::Range(1, 1024));
  command->add_option("--target", compile.target, "this machine's target; no other can be tuned")->type_name("T");
  command->add_option("-o", request->output, "the schedule file; NETWORK.schedule if nothing is said")
      ->type_name("FILE");
  addPrecisionArguments(*command, compile);
  addKernelArguments(*command, compile);
  command->add_option("--linker", compile.linker, "the LLVM linker to use")->type_name("PATH");
  command->add_flag("-q", compile.quiet, "say nothing unless something is wrong");
  command->callback([request, &code] { code = tuneCommand(*request); });
}
