// In which order the schedules of a kernel are tried.
#ifndef FOVEA_COMPILER_TUNE_SEARCH_H
#define FOVEA_COMPILER_TUNE_SEARCH_H

#include "dialect/Strategy.h"
#include <map>
#include <optional>
#include <tuple>
#include <vector>

namespace fovea {

/// The values of a strategy's knobs, in its order.
using KnobValues = std::vector<int64_t>;

/// The schedules that one kernel can have.
struct SearchSpace {
  const kern::Strategy *strategy;
  KnobValues chosen;            ///< by the compiler
  std::vector<int64_t> extents; ///< of what the kernel makes, along each axis
  unsigned lanes, registers;    ///< of the target: f32 in a vector, vectors
  bool parallel;                ///< whether the number of tasks is searched, too
};

/// What is known of a schedule that was tried.
struct Attempt {
  enum Kind { Measured, Wrong, Failed } kind;
  double ratio = 1; ///< of its time to that of the compiler's choice, if measured
};

/// What turning a knob up or down has done to the kernels of a strategy so far.
class Experience {
public:
  /// Only what differs from the compiler's choice in one knob tells something.
  void note(const SearchSpace &space, const KnobValues &values, Attempt attempt);
  /// Expected logarithm of the ratio of times when going from `from` to `to`; 0 for what is unheard of.
  double expected(const SearchSpace &space, const KnobValues &from, const KnobValues &to) const;

private:
  struct Mean {
    double sum = 0;
    size_t count = 0;
  };
  std::map<std::tuple<const kern::Strategy *, size_t, bool>, Mean> means; ///< by knob and whether it is turned up
};

/// What is near `from`, by what is to be expected of it: what does not slow other kernels down before what does, one
/// knob changed before two, each knob's best guesses before anybody's second best. Tiles with more accumulators than
/// there are registers are left out, unless the compiler's own has.
std::vector<KnobValues> neighbours(const SearchSpace &space, const KnobValues &from, const Experience &experience);

/// The search of one kernel: what is near the best known, then what is near the compiler's choice.
class KernelSearch {
public:
  explicit KernelSearch(SearchSpace space) : space(std::move(space)) {}

  /// The next to try; nothing when all that is near is known. It counts as tried from now on.
  std::optional<KnobValues> next(const Experience &experience);
  void note(const KnobValues &knobs, Attempt attempt) { attempts[knobs] = attempt; }

  /// The best `count` that are measurably better than the compiler's choice, best first.
  std::vector<KnobValues> best(size_t count) const;
  /// How many have been tried, or are about to be.
  size_t tried() const { return attempts.size(); }
  const std::map<KnobValues, std::optional<Attempt>> &all() const { return attempts; }
  const SearchSpace &getSpace() const { return space; }

private:
  SearchSpace space;
  std::map<KnobValues, std::optional<Attempt>> attempts; ///< nothing where it is under way
};

/// Schedules to try next, as many as `count`, at most `most` of one kernel: the number for each kernel grows with its
/// share of the time and falls with what has been tried of it before. Ordered by kernel.
std::vector<std::pair<size_t, KnobValues>> nextToTry(std::vector<KernelSearch> &kernels, llvm::ArrayRef<double> shares,
                                                     const Experience &experience, size_t count, size_t most);

} // namespace fovea

#endif
