// What the strategies of dense convolutions share.
#ifndef FOVEA_COMPILER_HALIDE_CONVOLUTION_H
#define FOVEA_COMPILER_HALIDE_CONVOLUTION_H

#include "compiler/halide/Family.h"

namespace fovea::halide {

/// A tile of accumulators: `vectors` vectors of output channels times `width` pixels of a row.
struct ConvTile {
  int64_t vector; ///< lanes
  int64_t vectors, width;
};

/// By rule from the output's channels and width.
ConvTile chooseConvTile(int64_t channels, int64_t width, const TargetInfo &target);

/// Keeps the accumulator of a tile of `panel` channels in registers at loop `at` of `consumer`. Taps stay rolled:
/// unrolling them costs compile time and gains nothing.
void scheduleConvAccumulator(Anchor &anchor, Halide::Func consumer, Halide::Var at, int64_t panel, int64_t vector);

} // namespace fovea::halide

#endif
