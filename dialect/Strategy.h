// What a schedule strategy declares about itself; how it builds loops is the emitters' business.
#ifndef FOVEA_DIALECT_STRATEGY_H
#define FOVEA_DIALECT_STRATEGY_H

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

namespace fovea::kern {

class ScheduleAttr;

/// An integer that a strategy can be tuned by.
struct Knob {
  llvm::StringRef name;
  int64_t minimum, maximum; ///< both legal
  llvm::StringRef help;     ///< with the unit
  bool powerOfTwo = false;  ///< nothing between is

  bool allows(int64_t value) const;
  /// `1 to 16`, or `1, 2, 4 to 16`.
  std::string range() const;
};

/// A way to build the loops of one family of kernels.
struct Strategy {
  llvm::StringRef name;
  llvm::StringRef help;
  llvm::SmallVector<Knob> knobs;
};

/// Makes `strategy` (which must live as long as the process) known to the verifier.
void registerStrategy(const Strategy &strategy);

/// Every registered strategy, sorted by name.
llvm::ArrayRef<const Strategy *> strategies();

/// Checks a schedule against its strategy: the name, the set of knobs, their values. `emitError` is told which knob is
/// wrong; an empty name stands for the strategy.
llvm::LogicalResult verifySchedule(ScheduleAttr schedule,
                                   llvm::function_ref<mlir::InFlightDiagnostic(llvm::StringRef knob)> emitError);

} // namespace fovea::kern

#endif
