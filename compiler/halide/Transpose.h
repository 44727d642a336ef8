// Square tiles turned about in registers: a gather would cost a load per element.
#ifndef FOVEA_COMPILER_HALIDE_TRANSPOSE_H
#define FOVEA_COMPILER_HALIDE_TRANSPOSE_H

#include "Halide.h"

namespace fovea::halide {

/// Tiles of `size` rows of `size` lanes, a power of two, at each place of `others`.
class TransposedTile {
public:
  TransposedTile() = default;
  /// `element` says what is turned about, in terms of `lane`, `row` and `others`.
  TransposedTile(Halide::Expr element, Halide::Var lane, Halide::Var row, std::vector<Halide::Var> others, int size);

  /// The element that stood at lane `row` of row `lane` in the tile at `place`, an expression for each of `others`.
  Halide::Expr at(Halide::Expr lane, Halide::Expr row, std::vector<Halide::Expr> place);

  /// Computes a tile in registers at the loop `loop` of `consumer`, which is around all of it.
  void schedule(Halide::Func consumer, Halide::Var loop);

private:
  std::vector<Halide::Func> steps; ///< of the number in the tile, row * size + lane, and of others
  int size = 0;
};

} // namespace fovea::halide

#endif
