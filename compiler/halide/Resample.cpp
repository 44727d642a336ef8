// hvn.resize and adaptive pooling, and the strategy `resample` for kernels around one of them: along each axis an
// element is made from taps that a table lists.
#include "compiler/halide/Family.h"
#include "compiler/halide/NnMath.h"
#include "dialect/Taps.h"
#include <limits>

using namespace mlir;
using namespace fovea;
using namespace fovea::halide;
using Halide::Expr, Halide::Func, Halide::RDom, Halide::RVar, Halide::Var;

//===----------------------------------------------------------------------===//
// Algorithm
//===----------------------------------------------------------------------===//

namespace {
/// One axis that changes, and the taps of each place on it.
struct Step {
  std::string axis;
  int64_t from;
  std::vector<hvn::Taps> taps; ///< at the largest size

  size_t most() const { return llvm::max_element(taps, fewer)->size(); }
  size_t least() const { return llvm::min_element(taps, fewer)->size(); }
  bool sums() const { return most() > 1; }
  static bool fewer(const hvn::Taps &a, const hvn::Taps &b) { return a.size() < b.size(); }
};
} // namespace

/// The axes that change, outermost in memory first.
static std::vector<Step> stepsOf(Operation *op) {
  auto from = cast<RankedTensorType>(op->getOperand(0).getType()),
       to = cast<RankedTensorType>(op->getResult(0).getType());
  std::vector<Step> steps;
  for (auto [axis, size] : llvm::zip_equal(hvn::getAxes(to).getNames(), to.getShape()))
    if (int64_t before = hvn::axisSize(from, axis); before != size) {
      auto resize = dyn_cast<hvn::ResizeOp>(op);
      steps.push_back(
          {axis.str(), before,
           resize ? hvn::resizeTaps(before, size, resize.getMode(), resize.getAlignCorners(), resize.getAntialias())
                  : hvn::adaptiveTaps(before, size)});
    }
  return steps;
}

/// A table of the kernel: `value(place, tap)`, or `value(place, 0)` where a place has no such tap.
template <typename T>
static Halide::Buffer<T> tabulate(const Step &step, llvm::StringRef name, T (*value)(const hvn::Tap &)) {
  Halide::Buffer<T> table({int(step.most()), int(step.taps.size())}, (name + "_" + step.axis).str());
  for (auto [place, taps] : llvm::enumerate(step.taps))
    for (int tap = 0; tap < table.width(); ++tap)
      table(tap, int(place)) = value(taps[tap < int(taps.size()) ? tap : 0]);
  return table;
}

/// Element `index` of `step`'s result for tap number `tap`; `source` is what the step reads.
static Expr tapOf(const Step &step, Expr tap, Index index, bool weighted, llvm::function_ref<Expr(Index)> source) {
  auto places = tabulate<int32_t>(step, "places", [](const hvn::Tap &tap) { return int32_t(tap.place); });
  auto weights = tabulate<float>(step, "weights", [](const hvn::Tap &tap) { return float(tap.weight); });
  Expr weight;
  for (auto &[name, at] : index)
    if (name == step.axis) {
      weight = weights(tap, at);
      at = unsafe_promise_clamped(places(tap, at), 0, int(step.from) - 1);
    }
  // Strict, for the compiler knows the tables and would take 0 * NaN for 0.
  return weighted ? strict_float(source(index) * weight) : source(index);
}

/// All taps of `step`; where their number varies, those beyond it are left out.
static RVar tapsOf(const Step &step) {
  RDom tap(0, int(step.most()), "tap_" + step.axis);
  if (step.least() < step.most()) {
    Halide::Buffer<int32_t> counts(std::vector<int>{int(step.taps.size())}, "counts_" + step.axis);
    for (auto [place, taps] : llvm::enumerate(step.taps))
      counts(int(place)) = int(taps.size());
    tap.where(tap.x < counts(Var(step.axis)));
  }
  return tap.x;
}

/// The one tap of an axis whose length is open: each element is `factor` of the result's.
static Expr repeatedTap(const Step &step, Index index, llvm::function_ref<Expr(Index)> source) {
  int factor = int(int64_t(step.taps.size()) / step.from);
  for (auto [place, taps] : llvm::enumerate(step.taps))
    if (taps.size() != 1 || taps.front().place != int64_t(place) / factor)
      throw Halide::CompileError("of an axis with bounds, '" + step.axis +
                                 "', elements can only be repeated: expected mode \"nearest\" and a whole multiple");
  for (auto &[name, at] : index)
    if (name == step.axis)
      at = at / factor;
  return source(index);
}

/// The sum of the taps times their weights, or the largest tap, one axis after the other.
static void emitResample(KernelBuilder &kernel, Operation *op, bool largest) {
  Value result = op->getResult(0);
  std::vector<Var> vars = KernelBuilder::varsOf(result);
  Index index = KernelBuilder::indexOf(result);
  Anchor anchor{op, {}, {}};
  Func before;
  auto source = [&](Index at) -> Expr {
    if (!before.defined())
      return kernel.load(op->getOperand(0), at);
    std::vector<Expr> place;
    for (auto &entry : llvm::reverse(at))
      place.push_back(entry.second);
    return before(place);
  };
  for (const Step &step : stepsOf(op)) {
    Func made = KernelBuilder::makeFunc(op, "_" + step.axis);
    if (kernel.extent(result.getType(), step.axis).isOpen) {
      made(vars) = repeatedTap(step, index, source);
    } else if (!step.sums()) {
      made(vars) = tapOf(step, 0, index, /*weighted=*/false, source); // the weight of a tap alone is 1
    } else {
      Func taps = KernelBuilder::makeFunc(op, "_taps_" + step.axis);
      RVar tap = tapsOf(step);
      Expr element = tapOf(step, tap, index, !largest, source);
      taps(vars) = largest ? -std::numeric_limits<float>::infinity() : 0.0f;
      taps(vars) = largest ? nnMax(taps(vars), element) : taps(vars) + element;
      made(vars) = taps(vars);
      anchor.accumulator = taps;
      anchor.reduction.push_back(tap);
      anchor.stages[step.axis] = made;
      anchor.stages[step.axis + "_taps"] = taps;
    }
    before = made;
  }
  kernel.define(result, source(index));
  kernel.anchors.push_back(anchor);
}

namespace {
template <typename Op, bool largest>
struct ResampleEmitter : EmitterInterface::ExternalModel<ResampleEmitter<Op, largest>, Op> {
  void emit(Operation *op, KernelBuilder &kernel) const { emitResample(kernel, op, largest); }
};
} // namespace

void fovea::halide::attachResampleEmitters(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, hvn::HvnDialect *) {
    hvn::ResizeOp::attachInterface<ResampleEmitter<hvn::ResizeOp, false>>(*context);
    hvn::AdaptiveAvgPoolOp::attachInterface<ResampleEmitter<hvn::AdaptiveAvgPoolOp, false>>(*context);
    hvn::AdaptiveMaxPoolOp::attachInterface<ResampleEmitter<hvn::AdaptiveMaxPoolOp, true>>(*context);
  });
}

//===----------------------------------------------------------------------===//
// Schedule
//===----------------------------------------------------------------------===//

/// More taps stay a loop.
static constexpr size_t unrolledTaps = 8;

static Operation *resampleOf(kern::FuncOp kernel) {
  Operation *op = anchorAlone(kernel);
  return op && isa<hvn::ResizeOp, hvn::AdaptiveAvgPoolOp, hvn::AdaptiveMaxPoolOp>(op) ? op : nullptr;
}

/// The loop whose places are made one after the other: the outermost that changes, unless it is the vectors' own.
static std::optional<Step> outermostStep(Operation *op) {
  std::vector<Step> steps = stepsOf(op);
  auto inner = hvn::getAxes(op->getResult(0).getType()).getNames().back();
  return steps.empty() || steps.front().axis == inner.getValue() ? std::nullopt : std::optional(steps.front());
}

static kern::ScheduleAttr choose(kern::FuncOp kernel, const TargetInfo &target) {
  Operation *op = resampleOf(kernel);
  int64_t size = resultType(kernel).getShape().back();
  int64_t vector = size <= 3 ? size : chooseVector(size, target);
  std::optional<Step> step = outermostStep(op);
  int64_t places = step ? step->taps.size() : 1;
  return kern::ScheduleAttr::get(
      kernel.getContext(), "resample",
      {{"vector", vector},
       {"tile_c", chooseTile(size / vector, {4, 3, 2})},
       {"parallel", chooseTasks(std::max<double>(kernel.getBytes(), kernel.getFlops()), places)}});
}

namespace {
/// How the innermost axis is cut.
struct Tile {
  int64_t size, vector, vectors;

  int64_t panel() const { return vector * vectors; }

  /// The same for another size of the axis.
  Tile fitTo(int64_t other) const {
    return other >= panel() ? Tile{other, vector, vectors} : Tile{other, chooseVector(other, vector), 1};
  }

  void cut(Func function, Var axis) const {
    Var co("co"), ci("ci"), cv("cv");
    function.split(axis, co, ci, int(panel()), tailFor(size, panel()))
        .split(ci, cv, ci, int(vector))
        .vectorize(ci)
        .unroll(cv);
  }
};
} // namespace

static void schedule(KernelBuilder &kernel) {
  Func out = kernel.outputs.front();
  Anchor &anchor = kernel.anchors.front();
  Var inner = out.args().front(), co("co"), ci("ci"), cv("cv");
  int64_t tasks = kernel.knob("parallel");
  Tile tile{resultType(kernel.kernel).getShape().back(), kernel.knob("vector"), kernel.knob("tile_c")};
  tile.cut(out, inner);
  if (std::optional<Step> step = outermostStep(anchor.op); step && tasks > 1) {
    Var place(step->axis);
    cutIntoTasks(out, place, kernel.extent(resultType(kernel.kernel), place.name()), tasks);
  }
  std::vector<Step> steps = stepsOf(anchor.op);
  llvm::erase_if(steps, [](const Step &step) { return !step.sums(); });
  for (auto [number, step] : llvm::enumerate(steps)) {
    Func taps = anchor.stages.at(step.axis + "_taps"), consumer = out;
    Tile part = tile;
    if (number + 1 < steps.size()) { // a row, made before the next step reads it; the innermost axis is as it was
      consumer = anchor.stages.at(step.axis);
      part = tile.fitTo(hvn::axisSize(anchor.op->getOperand(0).getType(), inner.name()));
      consumer.compute_at(out, Var(step.axis)).store_in(Halide::MemoryType::Heap);
      part.cut(consumer, inner);
    }
    int vector = int(part.vector);
    taps.compute_at(consumer, co)
        .store_in(Halide::MemoryType::Register)
        .bound_extent(inner, int(part.panel()))
        .split(inner, cv, ci, vector)
        .vectorize(ci)
        .unroll(cv);
    RVar tap = anchor.reduction[number];
    auto update = taps.update();
    update.split(inner, cv, ci, vector).reorder(ci, cv, tap).vectorize(ci).unroll(cv);
    if (step.most() <= unrolledTaps)
      update.unroll(tap);
  }
}

const Family fovea::halide::resampleFamily = {
    {"resample",
     "some vectors of a place in registers, all taps of an axis innermost; a row of the first axis' results in memory",
     {{"vector", 1, 16, "lanes of f32"}, {"tile_c", 1, 16, "vectors in a tile"}, {"parallel", 1, 1024, "tasks"}}},
    [](kern::FuncOp kernel) { return resampleOf(kernel) != nullptr; },
    choose,
    schedule};
