// Kernels on trial: run where they stand in their network, in a process of its own, compared and timed.
#ifndef FOVEA_COMPILER_TUNE_TRIAL_H
#define FOVEA_COMPILER_TUNE_TRIAL_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/Support/Error.h"
#include <functional>
#include <string>
#include <vector>

namespace fovea {

/// The compiled code of a kernel: a function of Halide's `_argv` kind in a shared library.
struct KernelCode {
  std::string library, symbol;
};

/// A network whose kernels can be exchanged.
struct TrialNetwork {
  struct Kernel {
    std::string name;
    std::vector<size_t> inputs, outputs; ///< of each buffer the bytes of an element: 4 of f32, 2 of bf16
    KernelCode code;                     ///< by the compiler's own schedule
  };
  std::string library; ///< with the variable `dispatch` (host/KernelDispatch.h), called with the places in `kernels`
  std::string dispatch;
  std::vector<Kernel> kernels;
  std::vector<size_t> steps; ///< the kernel of each
  uint32_t threads = 1;
  std::function<bool()> cancelled = {}; ///< asked now and then; true ends what is under way
};

/// Other code for one kernel.
struct Variant {
  size_t kernel; ///< its place in the network
  KernelCode code;
};

/// How a variant's results compare with those of the compiler's own code for the same inputs.
struct Comparison {
  enum Kind { Unknown, Same, Close, Wrong, Failed } kind = Unknown; ///< Same: bit for bit
  double error = 0;                                                 ///< the largest, relative to the largest result
};

/// Runs each variant once, on the inputs that its kernel has in the network, between pages that must not be touched.
/// One that crashes, hangs, fails, or touches these has failed. Unknown are those that nobody got to.
std::vector<Comparison> compareVariants(const TrialNetwork &network, llvm::ArrayRef<Variant> variants);

/// The network with some of its kernels exchanged.
using Configuration = llvm::DenseMap<size_t, KernelCode>;

/// The time that something takes in one run of the network, in microseconds: sums over its steps, so that a run that
/// is interrupted here and there counts where it is not.
struct RunTime {
  double minimum = 0, median = 0;
};

/// Times of the network in one configuration.
struct NetworkTimes {
  std::vector<RunTime> kernels; ///< all calls of each
  RunTime whole;
  double difference = 0; ///< of the outputs to those of the first configuration, relative to the largest
  size_t runs = 0;       ///< how many were timed
  double seconds = 0;    ///< that a run took on the clock, on average
};

/// How long to measure: for `seconds`, but `least` times at least and `most` at most.
struct TimingLimits {
  double seconds;
  size_t least, most;
  bool dropSlow = false; ///< kernels that are far slower than in the first configuration are not timed to the end
};

/// Runs the configurations in turns. Fails if a run does, and when cancelled.
llvm::Expected<std::vector<NetworkTimes>> timeConfigurations(const TrialNetwork &network,
                                                             llvm::ArrayRef<Configuration> configurations,
                                                             const TimingLimits &limits);

} // namespace fovea

#endif
