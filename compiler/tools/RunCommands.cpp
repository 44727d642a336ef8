#include "compiler/tools/Bench.h"
#include "compiler/tools/Commands.h"
#include "compiler/tools/Run.h"

using namespace fovea;

void fovea::addRunCommand(CLI::App &app, int &code) {
  auto options = std::make_shared<RunOptions>();
  CLI::App *command = app.add_subcommand("run", "Runs a library on .npy files");
  command->add_option("LIB", options->library, "the .so that 'fovea compile' made")->required();
  command->add_option("--input", options->inputs, "a value for an input")
      ->type_name("NAME=FILE.npy")
      ->allow_extra_args(false);
  command->add_option("--output", options->outputs, "where an output goes; without any, all are summarized")
      ->type_name("NAME=FILE.npy")
      ->allow_extra_args(false);
  command->add_option("--threads", options->threads, "threads")->type_name("N")->check(CLI::Range(1, 1024));
  command->add_option("--target", options->target, "the kernels to run; by default the best that the CPU has")
      ->type_name("T");
  command->callback([options, &code] { code = runCommand(*options); });
}

void fovea::addBenchCommand(CLI::App &app, int &code) {
  auto options = std::make_shared<BenchOptions>();
  CLI::App *command = app.add_subcommand("bench", "Measures a library, as a whole and kernel by kernel");
  command->add_option("LIB", options->library, "the .so that 'fovea compile' made")->required();
  command->add_option("--threads", options->threads, "threads")->type_name("N")->check(CLI::Range(1, 1024));
  command->add_option("--target", options->target, "the kernels to run; by default the best that the CPU has")
      ->type_name("T");
  command->add_option("--size", options->size, "which size of a library that has several; by default the largest")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  command->add_option("--time", options->seconds, "how long to measure")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.001, 3600.0));
  CLI::Option *json = command->add_flag("--json", options->json, "print JSON");
  command->add_flag("--scaling", options->scaling, "each kernel on one thread beside --threads, two by default")
      ->excludes(json);
  command->callback([options, command, &code] {
    if (options->scaling && command->count("--threads") == 0)
      options->threads = 2;
    code = benchCommand(*options);
  });
}
