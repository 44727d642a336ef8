// `fovea bench --scaling`: how much faster each kernel is on several threads than on one.
#ifndef FOVEA_COMPILER_TOOLS_SCALING_H
#define FOVEA_COMPILER_TOOLS_SCALING_H

#include "compiler/host/Library.h"
#include "compiler/tools/TensorBuffer.h"

namespace fovea {

/// What each kernel call of a network takes, in microseconds.
struct Scaling {
  std::vector<double> one, many; ///< on one thread, and on several
};

/// Runs two contexts of `library` in turn for `seconds`, one with one thread and one with `threads`, each thread on a
/// CPU of its own, and takes the least time of each kernel call in the fastest of these runs: other programs' share of
/// the machine is not in it. `inputs` and `outputs` are the network's at `size`. Fails with a LibraryError.
llvm::Expected<Scaling> measureScaling(const Library &library, const fovea_size_info *size, uint32_t threads,
                                       const std::string &target, double seconds, llvm::ArrayRef<TensorBuffer> inputs,
                                       llvm::ArrayRef<TensorBuffer> outputs);

/// A line per kernel, the one that loses the most first: the time of all its calls on one thread and on several, their
/// ratio, and the time that is lost to a ratio as high as the number of threads.
void printScaling(llvm::raw_ostream &stream, const Scaling &scaling, uint32_t threads,
                  llvm::ArrayRef<fovea_step_info> steps);

} // namespace fovea

#endif
