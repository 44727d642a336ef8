// What the strategies of linear layers share.
#ifndef FOVEA_COMPILER_HALIDE_LINEAR_H
#define FOVEA_COMPILER_HALIDE_LINEAR_H

#include "compiler/halide/Family.h"

namespace fovea::halide {

/// A tile of accumulators: `vectors` vectors of output channels times `rows` pixels.
struct LinearTile {
  int64_t vector; ///< lanes
  int64_t vectors, rows;

  int64_t panel() const { return vector * vectors; }
};

/// The tile of `op`, by rule from its channels, where a panel of weights serves `pixels` in a row; `few` if these are
/// all that it serves, so that it is read from afar.
LinearTile chooseLinearTile(hvn::LinearOp op, int64_t pixels, bool few, const TargetInfo &target);

/// Whether the products of `op` are of bf16 numbers, two neighbouring input channels at a time.
bool multipliesPairs(hvn::LinearOp op);

/// The steps of the sum of `anchor` over its input channels.
int64_t countSteps(const Anchor &anchor);

/// Keeps the accumulator of a tile in registers at loop `at` of `consumer`, whose second axis has `pixels`.
void scheduleLinearAccumulator(KernelBuilder &kernel, Anchor &anchor, Halide::Func consumer, Halide::Var at,
                               const LinearTile &tile, const Extent &pixels);

/// Cuts the channels of `function`, which reads a linear layer's result, into panels of a `tile`, and the `pixels` of
/// loop `pixel` into its rows. Panels are outside of tiles, `outer` outside of panels. Returns the loop over tiles of
/// pixels; names of new loops begin with `prefix`.
Halide::Var cutIntoTiles(Halide::Func function, Halide::Var pixel, int64_t pixels, const LinearTile &tile,
                         llvm::ArrayRef<Halide::Var> outer, llvm::StringRef prefix);

/// Vectorizes the copy in bf16 of what `anchor` reads.
void scheduleRounded(KernelBuilder &kernel, Anchor &anchor, Halide::Func rounded);

} // namespace fovea::halide

#endif
