// What a search has found: as a schedule file, and for the user to read.
#ifndef FOVEA_COMPILER_TOOLS_TUNEREPORT_H
#define FOVEA_COMPILER_TOOLS_TUNEREPORT_H

#include "compiler/tools/TunedNetwork.h"

namespace fovea {

/// The time of a run of the network, in milliseconds, with the compiler's own schedules and with those that were found.
struct TuneVerdict {
  double before = 0, after = 0; ///< 0: nothing was found
  bool faster = false;
};

/// The kernels that the schedule file has entries for, those that gain most first; none if the network is not faster.
std::vector<size_t> entriesOf(const TunedNetwork &network, const TuneVerdict &verdict);

/// The schedule file for `target`, a comment with the times above each of `entries`.
std::string scheduleFileText(const TunedNetwork &network, llvm::ArrayRef<size_t> entries, llvm::StringRef name,
                             llvm::StringRef target);

/// A line for each of `entries`: kernel, calls, times of one in microseconds, what has changed.
std::string tuneTable(const TunedNetwork &network, llvm::ArrayRef<size_t> entries);

/// What became of the network, and how much was tried.
std::string tuneSummary(const TunedNetwork &network, const TuneVerdict &verdict, llvm::ArrayRef<size_t> entries,
                        bool exhausted);

} // namespace fovea

#endif
