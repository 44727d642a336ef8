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
void addCacheCommand(CLI::App &app, int &code);
void addExplainCommand(CLI::App &app, int &code);
void addExportCommand(CLI::App &app, int &code);
void addFormatCommand(CLI::App &app, int &code);
void addImportCommand(CLI::App &app, int &code);
void addStatsCommand(CLI::App &app, int &code);
void addTuneCommand(CLI::App &app, int &code);

/// What is wrong with a path for an output, if it is empty.
std::string isNotEmpty(const std::string &path);

struct CompileRequest;
struct NetworkFile;

/// The arguments NET and -p of a subcommand.
void addNetworkArguments(CLI::App &command, NetworkFile &network);

/// The argument --size of a subcommand that makes a library.
void addSizeArgument(CLI::App &command, NetworkFile &network);

/// The options on how kernels are compiled, and where they are kept.
void addKernelArguments(CLI::App &command, CompileRequest &request);

/// The argument -O of a subcommand: 0 or 1.
void addOptimizationArgument(CLI::App &command, CompileRequest &request);

/// The arguments --precision of a subcommand, f32 or bf16, and --store, f32 or f16.
void addPrecisionArguments(CLI::App &command, CompileRequest &request);

} // namespace fovea

#endif
