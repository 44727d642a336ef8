// `fovea tune`: schedules that are faster on this machine than those that the compiler chooses.
#ifndef FOVEA_COMPILER_TOOLS_TUNE_H
#define FOVEA_COMPILER_TOOLS_TUNE_H

#include "compiler/tools/CompileRequest.h"

namespace fovea {

/// The arguments of `fovea tune`.
struct TuneRequest {
  CompileRequest compile;  ///< network, weights, target, how kernels are compiled
  double seconds = 60;     ///< for everything
  uint32_t threads = 1;    ///< that a run of the network has
  std::string output = {}; ///< the schedule file; empty: NAME.schedule
};

/// Searches schedules for the kernels of a network and writes those that are faster to a schedule file. Prints what has
/// become faster to stdout, a summary to stderr. Returns the exit code.
int tuneCommand(const TuneRequest &request);

} // namespace fovea

#endif
