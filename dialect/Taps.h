// Resampling along one axis at a time: which elements an element is made from. Pooling and interpolation alike.
#ifndef FOVEA_DIALECT_TAPS_H
#define FOVEA_DIALECT_TAPS_H

#include "dialect/Reference.h"
#include "llvm/ADT/SmallVector.h"

namespace fovea::hvn {

struct Tap {
  int64_t place; ///< along the axis of the input
  double weight;
};

/// What one element along the result's axis is made from.
using Taps = llvm::SmallVector<Tap, 4>;

/// The windows of adaptive pooling from size `from` to size `to`, weighted for the mean.
std::vector<Taps> adaptiveTaps(int64_t from, int64_t to);

/// Interpolation from size `from` to size `to`, as hvn.resize describes it. A size that stays takes one tap.
std::vector<Taps> resizeTaps(int64_t from, int64_t to, llvm::StringRef mode, bool alignCorners, bool antialias);

enum class Combine {
  Sum,    ///< of the elements times their weights
  Largest ///< of the elements; NaN if there is one
};

/// `input` with `axis` replaced: element i along it is made from `taps[i]`.
Tensor resample(const Tensor &input, llvm::StringRef axis, llvm::ArrayRef<Taps> taps, Combine combine);

} // namespace fovea::hvn

#endif
