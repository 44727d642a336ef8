// hvn.mean, hvn.sum and hvn.amax, and the strategy `pool` for kernels around them.
#include "compiler/halide/Family.h"
#include "compiler/halide/NnMath.h"

using namespace mlir;
using namespace fovea;
using namespace fovea::halide;
using Halide::Expr, Halide::Func, Halide::RDom, Halide::RVar, Halide::Var;

//===----------------------------------------------------------------------===//
// Algorithm
//===----------------------------------------------------------------------===//

/// The op's result is the sum over its axes `over`, times `factor`, or the largest element.
static void emitReduction(KernelBuilder &kernel, Operation *op, const Expr &factor) {
  auto over = op->getAttrOfType<hvn::AxesAttr>("over");
  auto input = cast<RankedTensorType>(op->getOperand(0).getType());
  std::vector<Halide::Range> ranges;
  for (StringAttr axis : llvm::reverse(hvn::getAxes(input).getNames()))
    if (over.find(axis) >= 0)
      ranges.push_back({0, kernel.extent(input, axis).now});
  RDom domain(ranges, "over");
  Index index = KernelBuilder::indexOf(op->getOperand(0));
  std::vector<RVar> reduction;
  for (auto &[name, at] : llvm::reverse(index))
    if (over.find(name) >= 0) {
      reduction.push_back(domain[reduction.size()]);
      at = reduction.back();
    }
  Expr element = kernel.load(op->getOperand(0), index);
  if (isa<hvn::AmaxOp>(op)) {
    kernel.accumulate(op, -INFINITY, element, reduction, nnMax);
    return;
  }
  kernel.accumulate(op, 0.0f, element, reduction);
  if (!is_const_one(factor)) {
    Expr sum = kernel.load(op->getResult(0), KernelBuilder::indexOf(op->getResult(0)));
    kernel.define(op->getResult(0), sum * factor);
  }
}

namespace {
struct MeanEmitter : EmitterInterface::ExternalModel<MeanEmitter, hvn::MeanOp> {
  void emit(Operation *op, KernelBuilder &kernel) const {
    auto mean = cast<hvn::MeanOp>(op);
    double count = double(mean.getInput().getType().getNumElements()) / mean.getType().getNumElements();
    Expr open = 1;
    bool isOpen = false;
    for (StringAttr axis : mean.getOver().getNames()) {
      Extent size = kernel.extent(mean.getInput().getType(), axis);
      open *= size.now;
      isOpen |= size.isOpen;
    }
    emitReduction(kernel, op, isOpen ? 1.0f / Halide::cast<float>(open) : Expr(float(1 / count)));
  }
};

template <typename Op> struct ReductionEmitter : EmitterInterface::ExternalModel<ReductionEmitter<Op>, Op> {
  void emit(Operation *op, KernelBuilder &kernel) const { emitReduction(kernel, op, 1.0f); }
};
} // namespace

void fovea::halide::attachReductionEmitters(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, hvn::HvnDialect *) {
    hvn::MeanOp::attachInterface<MeanEmitter>(*context);
    hvn::SumOp::attachInterface<ReductionEmitter<hvn::SumOp>>(*context);
    hvn::AmaxOp::attachInterface<ReductionEmitter<hvn::AmaxOp>>(*context);
  });
}

//===----------------------------------------------------------------------===//
// Schedule
//===----------------------------------------------------------------------===//

/// Size of the result's innermost axis; 1 for a scalar.
static int64_t innermost(kern::FuncOp kernel) {
  RankedTensorType type = resultType(kernel);
  return type.getRank() ? type.getShape().back() : 1;
}

static kern::ScheduleAttr choose(kern::FuncOp kernel, const TargetInfo &target) {
  int64_t size = innermost(kernel), vector = chooseVector(size, target);
  // Independent sums hide the latency of an addition.
  int64_t vectors = chooseTile(size / vector, {8, 7, 6, 5, 4, 3});
  return kern::ScheduleAttr::get(kernel.getContext(), "pool", {{"vector", vector}, {"tile_c", vectors}});
}

/// Elements from which on a sum is one of sums, of rows or of as many elements as `rowElements`: a single sum of so
/// many f32 loses digits.
static constexpr int64_t manyElements = 1024, rowElements = 128;

static void schedule(KernelBuilder &kernel) {
  Func out = kernel.outputs.front();
  Anchor &anchor = kernel.anchors.front();
  Func acc = anchor.accumulator;
  if (out.args().empty())
    return void(acc.compute_root());
  int64_t size = innermost(kernel.kernel), vector = kernel.knob("vector"), panel = vector * kernel.knob("tile_c");
  Var c = out.args().front(), co("co"), ci("ci"), cv("cv");
  out.split(c, co, ci, int(panel), tailFor(size, panel)).split(ci, cv, ci, int(vector)).vectorize(ci).unroll(cv);
  acc.compute_at(out, co)
      .store_in(Halide::MemoryType::Register)
      .bound_extent(c, int(panel))
      .split(c, cv, ci, int(vector))
      .vectorize(ci)
      .unroll(cv);
  std::vector<RVar> reduction = anchor.reduction;
  auto input = cast<RankedTensorType>(anchor.op->getOperand(0).getType());
  int64_t count = input.getNumElements() / resultType(kernel.kernel).getNumElements();
  if (count >= manyElements && !isa<hvn::AmaxOp>(anchor.op)) {
    RVar outermost = reduction.back();
    if (reduction.size() == 1) {
      RVar rows("rows"), inRow("in_row");
      acc.update().split(outermost, rows, inRow, int(rowElements), Halide::TailStrategy::GuardWithIf);
      reduction = {inRow, rows};
      outermost = rows;
    }
    reduction.pop_back();
    Func rows = acc.update().rfactor(outermost, Var("row"));
    rows.compute_at(acc, outermost).store_in(Halide::MemoryType::Register).vectorize(c, int(vector)).unroll(c);
    std::vector<Halide::VarOrRVar> rowOrder{ci, cv};
    appendReduction(rowOrder, reduction, count);
    rows.update().split(c, cv, ci, int(vector)).reorder(rowOrder).vectorize(ci).unroll(cv);
    reduction = {outermost};
  }
  std::vector<Halide::VarOrRVar> order{ci, cv};
  appendReduction(order, reduction, count);
  acc.update().split(c, cv, ci, int(vector)).reorder(order).vectorize(ci).unroll(cv);
}

const Family fovea::halide::poolFamily = {
    {"pool",
     "some vectors of sums or largest elements in registers, the reduced axes innermost",
     {{"vector", 1, 16, "lanes of f32", true}, {"tile_c", 1, 16, "vectors in a tile"}}},
    [](kern::FuncOp kernel) {
      return llvm::count_if(kernel.getBody().getOps(),
                            [](Operation &op) { return isa<hvn::MeanOp, hvn::SumOp, hvn::AmaxOp>(op); }) == 1 &&
             opsOf<hvn::ConvOp>(kernel).empty() && opsOf<hvn::LinearOp>(kernel).empty();
    },
    choose,
    schedule};
