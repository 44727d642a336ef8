#include "compiler/halide/Prefetch.h"
#include "llvm/Support/MathExtras.h"

using namespace Halide::Internal;
using Halide::Expr;

namespace {
class PrefetchToLevel2 : public IRMutator {
  using IRMutator::visit;

  /// Fetches the line with element `offset` of what `prefetch` is about, or one `bytes` behind it.
  static Expr fetchLine(const Call *prefetch, const Expr &offset, int64_t bytes) {
    // The intrinsic is declared in the runtime that Halide begins each module with, for its own prefetch.
    Expr from = reinterpret<uint64_t>(prefetch->args[0]) + Expr(uint64_t(bytes));
    Expr address = reinterpret(Halide::Handle(), from + cast<uint64_t>(offset) * prefetch->type.bytes());
    constexpr int read = 0, level2 = 2, data = 1;
    return Call::make(Halide::Int(32), "llvm.prefetch.p0", {address, read, level2, data}, Call::Extern);
  }

  Expr visit(const Call *op) override {
    return op->is_intrinsic(Call::prefetch) ? fetchLine(op, op->args[1], 0) : IRMutator::visit(op);
  }

  /// Loops around a prefetch, over the panels of a tile and the lines of each, become a list: they are short, and stand
  /// where the sums are. Halide's steps over lines are half lines for ARM, and count bytes as elements.
  Stmt visit(const For *op) override {
    std::vector<const For *> loops;
    Stmt body = op;
    for (const For *loop = op; loop && starts_with(loop->name, "prefetch_"); loop = body.as<For>()) {
      loops.push_back(loop);
      body = loop->body;
    }
    const auto *evaluate = body.as<Evaluate>();
    const auto *prefetch = evaluate ? evaluate->value.as<Call>() : nullptr;
    if (loops.empty() || !prefetch)
      return IRMutator::visit(op);
    Expr offset = prefetch->args[1];
    std::vector<int64_t> places{0}; // in bytes behind the first
    for (const For *loop : loops) {
      Expr first = simplify(substitute(loop->name, loop->min, offset));
      auto steps = as_const_int(loop->extent), stride = as_const_int(prefetch->args[3]);
      auto step = as_const_int(simplify(substitute(loop->name, loop->min + 1, offset) - first));
      if (!steps || !stride || !step)
        return IRMutator::visit(op);
      int64_t count = *steps, bytes = *step * prefetch->type.bytes();
      if (starts_with(loop->name, "prefetch_split_")) {
        bytes = 64;
        count = llvm::divideCeil(*steps * *stride * prefetch->type.bytes(), bytes);
      }
      std::vector<int64_t> before = std::exchange(places, {});
      for (int64_t place : before)
        for (int64_t at = 0; at < count; ++at)
          places.push_back(place + at * bytes);
      offset = first;
    }
    std::vector<Stmt> fetches;
    for (int64_t place : places)
      fetches.push_back(Evaluate::make(fetchLine(prefetch, offset, place)));
    return Block::make(fetches);
  }
};
} // namespace

void fovea::halide::fetchToLevel2(Halide::Module &module) {
  for (LoweredFunc &function : module.functions())
    function.body = PrefetchToLevel2().mutate(function.body);
}
