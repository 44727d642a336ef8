// What the user sees while a network is compiled.
#ifndef FOVEA_COMPILER_TOOLS_PROGRESS_H
#define FOVEA_COMPILER_TOOLS_PROGRESS_H

#include "llvm/ADT/StringRef.h"
#include <algorithm>
#include <chrono>

namespace fovea {

/// One line on stderr that is drawn over and over: phase, kernel i of n, time left. Nothing unless stderr is a
/// terminal.
class Progress {
public:
  explicit Progress(bool quiet);
  ~Progress();

  /// Starts a phase of one step.
  void phase(llvm::StringRef name);
  /// `done` of `total` kernels are compiled.
  void kernels(int done, int total, llvm::StringRef last);
  /// A phase that has come this far, from 0 to 1.
  void show(double fraction, llvm::StringRef text) { draw(std::min(fraction, 1.0), text); }
  /// Wipes the line of whatever progress is shown, so that other text can be printed.
  static void clear();
  /// Seconds since the start.
  double seconds() const;

private:
  using Clock = std::chrono::steady_clock;
  void draw(double fraction, llvm::StringRef text);

  bool visible;
  static bool drawn; ///< there is just one terminal
  Clock::time_point start = Clock::now(), phaseStart = start;
};

} // namespace fovea

#endif
