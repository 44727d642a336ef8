#include "compiler/halide/Transpose.h"

using namespace Halide;
using namespace fovea::halide;

TransposedTile::TransposedTile(Expr element, Var lane, Var row, std::vector<Var> others, int size) : size(size) {
  Var number("number:");
  std::vector<Var> vars{number};
  vars.insert(vars.end(), others.begin(), others.end());
  steps.emplace_back("tile");
  Expr first = Internal::substitute(lane.name(), number % size, element);
  steps.back()(vars) = Internal::substitute(row.name(), number / size, first);
  // Interleaving both halves rotates the bits of a number by one; after half of them, row and lane are exchanged.
  for (int left = size; left > 1; left /= 2) {
    std::vector<Expr> low(vars.begin(), vars.end()), high = low;
    low.front() = number / 2;
    high.front() = number / 2 + size * size / 2;
    Func step("tile");
    step(vars) = select(number % 2 == 0, steps.back()(low), steps.back()(high));
    steps.push_back(step);
  }
}

Expr TransposedTile::at(Expr lane, Expr row, std::vector<Expr> place) {
  place.insert(place.begin(), row * size + lane);
  return steps.back()(place);
}

void TransposedTile::schedule(Func consumer, Var loop) {
  for (size_t step = 0; step < steps.size(); ++step) {
    Var number = steps[step].args().front(), inner("inner:");
    steps[step]
        .compute_at(consumer, loop)
        .store_in(MemoryType::Register)
        .bound_extent(number, size * size)
        .split(number, number, inner, step ? 2 * size : size)
        .vectorize(inner)
        .unroll(number);
  }
}
