// What this machine can compute at most.
#ifndef FOVEA_COMPILER_TOOLS_PEAK_H
#define FOVEA_COMPILER_TOOLS_PEAK_H

namespace fovea {

/// GFLOP/s of one core that does nothing but f32 multiply-adds in its widest registers, each counted as two; the best
/// of some short trials, about 20 ms together.
double measurePeak();

} // namespace fovea

#endif
