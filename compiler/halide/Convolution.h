// What the strategies of convolutions share.
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

/// The same for groups of `outputs` channels each, a multiple of 4: the tile's channels are of one group.
ConvTile chooseGroupedTile(int64_t outputs, int64_t width, const TargetInfo &target);

/// The first input channel that output channel `channel` reads, in groups of `inputs` and `outputs` channels: one
/// number for all lanes of a vector of `vector` channels that starts at a multiple of it, if they are of one group.
Halide::Expr firstInput(Halide::Expr channel, int64_t inputs, int64_t outputs, int64_t vector);

/// Products that each output of the convolution `op` sums.
int64_t countTaps(mlir::Operation *op);

/// Whether the kernel of `op` reads beyond the input in a copy with zeros around it, not by checks.
bool storesPadded(hvn::ConvOp op);

/// Vectorizes the copy of the input that `anchor` reads, `vector` of its `channels` at a time.
void schedulePaddedRow(Anchor &anchor, int64_t channels, int64_t vector);

/// Tasks of rows of a map, at most: neighbours both read the rows between them.
constexpr int64_t mostStrips = 16;

/// Keeps the accumulator of a tile of `panel` channels in registers at loop `at` of `consumer`. Taps stay rolled:
/// unrolling them costs compile time and gains nothing.
void scheduleConvAccumulator(KernelBuilder &kernel, Anchor &anchor, Halide::Func consumer, Halide::Var at,
                             int64_t panel, int64_t vector);

/// Keeps the accumulator of a convolution with groups of few channels, a vector times some pixels, in registers at loop
/// `at`. Few taps are unrolled.
void scheduleTaps(Anchor &anchor, Halide::LoopLevel at, int64_t vector);

} // namespace fovea::halide

#endif
