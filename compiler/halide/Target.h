// The machines that kernels are compiled for.
#ifndef FOVEA_COMPILER_HALIDE_TARGET_H
#define FOVEA_COMPILER_HALIDE_TARGET_H

#include "llvm/ADT/StringRef.h"
#include <optional>
#include <string>
#include <vector>

namespace fovea {

/// What the compiler knows of a machine.
struct TargetInfo {
  std::string name;         ///< as `--target` takes it: "x86-64-avx512"
  std::string help;         ///< in words
  std::string halide;       ///< Halide's name for the same
  std::string triple;       ///< LLVM's
  std::string cpu;          ///< LLVM's, for the host program
  unsigned vectorBytes;     ///< of the widest vector that is worth using
  unsigned vectorRegisters; ///< of that width
  bool multipliesBF16;      ///< has an instruction that adds products of pairs of bf16 to f32
  bool widensF16;           ///< has an instruction that makes f32 of f16
  uint64_t cpuFeatures;     ///< what a CPU must have to run the kernels: bits of runtime/cpu.h

  /// Lanes of a vector of f32.
  unsigned lanes() const { return vectorBytes / sizeof(float); }
};

/// Every target, those of one architecture together and best first: code for one of them also runs where a better one
/// does.
std::vector<TargetInfo> knownTargets();

/// Whether this machine's CPU runs code for `target`.
bool runsHere(const TargetInfo &target);

/// Whether one library can hold code for both.
bool sameArchitecture(const TargetInfo &a, const TargetInfo &b);

/// The target called `name`; "host" and "" mean the best one that this machine runs. Nothing when there is no such
/// target.
std::optional<TargetInfo> parseTarget(llvm::StringRef name);

/// A page on all targets: what each needs of a CPU, and which one is this machine's.
std::string describeTargets();

} // namespace fovea

#endif
