// What a search knows of a network's kernels, and keeps of it.
#ifndef FOVEA_COMPILER_TOOLS_TUNEDNETWORK_H
#define FOVEA_COMPILER_TOOLS_TUNEDNETWORK_H

#include "compiler/tools/TrialLibraries.h"
#include "compiler/tune/Record.h"

namespace fovea {

/// A kernel, and what is known of it.
struct TunedKernel {
  kern::FuncOp kernel;
  std::string signature, key; ///< in the schedule file, in the cache
  size_t calls = 0;
  std::optional<Finding> finding;
  std::map<KnobValues, KernelCode> codes; ///< compiled by this search
};

class TunedNetwork {
public:
  /// Takes over what the cache knows. `times` are those of the compiler's own kernels.
  TunedNetwork(TrialLibraries &libraries, std::optional<KernelCache> cache, const NetworkTimes &times);

  /// A schedule was tried.
  void note(size_t kernel, const KnobValues &values, Attempt attempt);
  /// It is settled which one is best.
  void settle(size_t kernel, Finding finding);
  /// Writes what is known of a kernel to the cache.
  void keep(size_t kernel) const;

  kern::ScheduleAttr scheduleOf(size_t kernel, const KnobValues &values) const;
  /// Whether there is a better schedule than the compiler's own.
  bool isChanged(size_t kernel) const;
  /// `tile_m 7 -> 14`, of all knobs of the finding that are not the compiler's choice.
  std::string changesOf(size_t kernel) const;

  /// The key of what is known of the network with its findings.
  std::string key() const;
  std::optional<std::string> recall(llvm::StringRef key) const;
  void keep(llvm::StringRef key, llvm::StringRef text) const;

  std::vector<TunedKernel> kernels;
  std::vector<KernelSearch> searches; ///< of each kernel
  std::vector<double> shares;         ///< of each kernel in the network's time
  Experience experience;
  const std::string machine;               ///< its CPU and the number of threads, in words
  size_t tried = 0, failed = 0, known = 0; ///< schedules: by this search, of these without success, by others before

private:
  void recall(size_t kernel);

  const TargetInfo &target;
  std::vector<size_t> steps;
  std::optional<KernelCache> cache;
};

/// `gemm {tile_c = 1, ...}`, as in a schedule file.
std::string scheduleText(kern::ScheduleAttr schedule);

} // namespace fovea

#endif
