// The subcommands of `fovea`.
#ifndef FOVEA_COMPILER_TOOLS_COMMANDS_H
#define FOVEA_COMPILER_TOOLS_COMMANDS_H

#include <CLI/CLI.hpp>

namespace fovea {

/// Each adds its subcommand to `app`; when that is called, the exit code goes to `code`.
void addCompileCommand(CLI::App &app, int &code);
void addRunCommand(CLI::App &app, int &code);
void addBenchCommand(CLI::App &app, int &code);
void addWeightsCommand(CLI::App &app, int &code);
void addCompareCommand(CLI::App &app, int &code);

struct NetworkFile;

/// The arguments NET and -p of a subcommand.
void addNetworkArguments(CLI::App &command, NetworkFile &network);

} // namespace fovea

#endif
