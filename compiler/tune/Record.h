// What a search has learned of a kernel, as a text for the cache.
#ifndef FOVEA_COMPILER_TUNE_RECORD_H
#define FOVEA_COMPILER_TUNE_RECORD_H

#include "compiler/tune/Search.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace fovea {

/// The schedule that a kernel is to have: the compiler's choice, or one that is faster beyond doubt.
struct Finding {
  KnobValues knobs;
  double before, after; ///< microseconds of a call with the compiler's choice, and with these
};

/// What is known of a kernel on one CPU.
struct KernelRecord {
  std::map<KnobValues, Attempt> attempts;
  std::optional<Finding> finding; ///< nothing as long as the best attempts have not been timed again
};

/// A line for each attempt, `0.953 16 1 7`, `wrong 16 2 14` or `failed 16 16 28`, then the finding, `settled 12.5 11.9
/// 16 1 7`.
std::string printRecord(const KernelRecord &record);

/// Reads that back; nothing if it is not about `knobs` knobs.
std::optional<KernelRecord> parseRecord(llvm::StringRef text, size_t knobs);

/// The CPU that this machine has, in its maker's words.
std::string cpuName();

} // namespace fovea

#endif
