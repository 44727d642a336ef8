// `fovea bench`: how long a compiled library takes, as a whole and kernel by kernel.
#ifndef FOVEA_COMPILER_TOOLS_BENCH_H
#define FOVEA_COMPILER_TOOLS_BENCH_H

#include <cstdint>
#include <string>

namespace fovea {

struct BenchOptions {
  std::string library; ///< the .so
  uint32_t threads = 1;
  bool json = false;       ///< JSON instead of tables
  double seconds = 2;      ///< how long to measure whole inferences
  std::string target = {}; ///< whose kernels to run; empty: the best that the CPU has
  int64_t size = 0;        ///< of a library of several; 0: the largest
  bool scaling = false;    ///< each kernel on one thread beside `threads`
};

/// Measures the library on made-up inputs and prints the result to stdout, errors to stderr. Returns the exit code.
///
/// JSON: median_ms, min_ms and p90_ms of an inference (p90: nine tenths of the runs were at least as fast), runs,
/// threads, name, target, size (of a library of several), first_result_ms (from before loading to after the first
/// inference), and kernels, one for each kernel call in order, with name, layer, us (mean), gflops (GFLOP/s) and share
/// (of the sum of all calls). peak_gflops is what a core of this machine computes at most, measured beside.
int benchCommand(const BenchOptions &options);

} // namespace fovea

#endif
