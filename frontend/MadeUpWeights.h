// Made-up weights: values for a network's parameters from a formula, where there is no training.
#ifndef FOVEA_FRONTEND_MADEUPWEIGHTS_H
#define FOVEA_FRONTEND_MADEUPWEIGHTS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>

namespace fovea {

/// Fills `out`, the tensor `name` of shape `shape` (last axis fastest), with the made-up values of seed `seed`. The
/// same bits on every machine, and the same as test/networks/made_up_weights.py gives.
///
/// `gain` scales the weights of convolutions and linear layers. Signals vanish in a network that is a long chain of
/// these without normalization or skips, unless it is more than 1; below 1 it keeps long sums of branches in bounds.
///
/// Value i is centre + width * (k - 2^23) / 2^23, in double, rounded to f32, where k is the upper 24 bits of
/// splitmix64(stream + i * 0x9e3779b97f4a7c15) and stream = splitmix64(fnv1a64(name) ^ splitmix64(seed)). Centre and
/// width follow from the part of the name after the last dot. Weights are small enough that activations stay near 1
/// even in networks that multiply activations:
///
///   running_var, or weight of at most one axis (the scale of a norm)   1, 0.5
///   running_mean                                                      0, 0.5
///   bias                                                              0, 0.2
///   weight of more axes                0, gain * sqrt(1.5 / product of all sizes but the first)
///   anything else, such as the network's inputs                       0, 1
void fillMadeUp(llvm::StringRef name, llvm::ArrayRef<int64_t> shape, uint64_t seed, double gain,
                llvm::MutableArrayRef<float> out);

} // namespace fovea

#endif
