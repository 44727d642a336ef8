// hvn.moments and hvn.normalize, and the strategy `moments` for kernels around the first.
#include "compiler/halide/Family.h"
#include "compiler/halide/NnMath.h"

using namespace mlir;
using namespace fovea;
using namespace fovea::halide;
using Halide::Expr, Halide::Func, Halide::RDom, Halide::RVar, Halide::Var;

//===----------------------------------------------------------------------===//
// Algorithm
//===----------------------------------------------------------------------===//

/// Sums of a row that are kept side by side: whole vectors, several of them, so that independent sums hide the latency
/// of an addition; a divisor of the channels of a group.
static int64_t lanesOf(hvn::MomentsOp op, const TargetInfo &target) {
  int64_t perGroup = hvn::axisSize(op.getInput().getType(), "c") / op.getGroups(), lanes = 4 * target.lanes();
  while (perGroup % lanes)
    lanes /= 2;
  return lanes;
}

/// Sums over a row in lanes: `lane` is a place among `lanes` neighbouring channels of a group.
static void emitMoments(KernelBuilder &kernel, hvn::MomentsOp op) {
  auto input = cast<RankedTensorType>(op.getInput().getType());
  int perGroup = int(hvn::axisSize(input, "c") / op.getGroups()), lanes = int(lanesOf(op, kernel.target));
  Var lane("lane"), s("s"), b("b"), g("g"), n("n");
  std::vector<Halide::Range> ranges{{0, perGroup / lanes}};
  std::vector<std::string> inner; // the axes of a row but c
  Expr count = perGroup;
  for (StringAttr axis : llvm::reverse(hvn::getAxes(input).getNames()))
    if (axis != "n" && axis != "c" && axis != op.getRows()) {
      ranges.push_back({0, kernel.extent(input, axis).now});
      count *= ranges.back().extent;
      inner.push_back(axis.str());
    }
  RDom row(ranges, "row"), lanesDomain(0, lanes, "lanes");
  std::vector<RVar> reduction{row[0]};
  Index index{{"n", n}, {op.getRows().str(), b}, {"c", g * perGroup + row[0] * lanes + lane}};
  for (auto [number, axis] : llvm::enumerate(inner)) {
    reduction.push_back(row[number + 1]);
    index.emplace_back(axis, row[number + 1]);
  }
  if (!KernelBuilder::argumentBehind(op.getInput())) { // computed here, and a result as well: stored row by row
    kernel.rows = KernelBuilder::makeFunc(op, "_rows");
    std::vector<Var> vars = KernelBuilder::varsOf(op.getInput());
    kernel.rows(vars) = kernel.function(op.getInput())(vars);
    kernel.set(op.getInput(), kernel.rows);
  }
  Expr share = simplify(1.0f / Halide::cast<float>(count));
  auto mean = [&](llvm::StringRef name, Expr term) {
    Func partial = KernelBuilder::makeFunc(op, ("_" + name + "_lanes").str()),
         total = KernelBuilder::makeFunc(op, ("_" + name).str());
    partial(lane, b, g, n) = 0.0f;
    partial(lane, b, g, n) += term;
    total(b, g, n) = 0.0f;
    total(b, g, n) += partial(lanesDomain, b, g, n) * share;
    return std::pair(partial, total);
  };
  Expr element = kernel.load(op.getInput(), index);
  auto [sums, average] = mean("mean", element);
  Expr distance = element - average(b, g, n);
  auto [squares, variance] = mean("variance", distance * distance);
  kernel.define(op.getResult(), select(s == 0, average(b, g, n), variance(b, g, n)));
  reduction.push_back(lanesDomain);
  kernel.anchors.push_back(
      {.op = op,
       .accumulator = sums,
       .reduction = reduction,
       .stages = {{"mean_lanes", sums}, {"mean", average}, {"variance_lanes", squares}, {"variance", variance}}});
}

/// The statistics of all rows together, once for the kernel, then one subtraction and one product per element.
static void emitNormalize(KernelBuilder &kernel, hvn::NormalizeOp op) {
  auto moments = cast<RankedTensorType>(op.getMoments().getType());
  Expr rows = kernel.extent(moments, "b").now, share = simplify(1.0f / Halide::cast<float>(rows));
  int perGroup = int(hvn::axisSize(op.getType(), "c") / hvn::axisSize(moments, "g"));
  Var g("g"), n("n"), c("c");
  RDom row(0, rows, "row");
  auto at = [&](int s) { return kernel.load(op.getMoments(), {{"n", n}, {"g", g}, {"b", row}, {"s", s}}); };
  Func mean = KernelBuilder::makeFunc(op, "_mean"), variance = KernelBuilder::makeFunc(op, "_variance"),
       scale = KernelBuilder::makeFunc(op, "_scale");
  mean(g, n) = 0.0f;
  mean(g, n) += at(0) * share;
  Expr distance = at(0) - mean(g, n);
  variance(g, n) = 0.0f;
  variance(g, n) += (at(1) + distance * distance) * share;
  scale(g, n) = nnRsqrt(variance(g, n) + float(op.getEps().convertToDouble()));
  for (Func once : {mean, variance, scale})
    kernel.scalars.push_back(once);

  Expr group = hvn::axisSize(moments, "g") == 1 ? Expr(0) : c / perGroup, image = n;
  if (hvn::axisSize(op.getType(), "n") == 1)
    image = 0;
  Expr center = mean(group, image);
  if (op.getSums())
    center *= kernel.load(op.getSums(), {{"c", c}});
  Expr element = kernel.load(op.getInput(), KernelBuilder::indexOf(op.getResult()));
  kernel.define(op.getResult(), (element - center) * scale(group, image));
}

namespace {
struct MomentsEmitter : EmitterInterface::ExternalModel<MomentsEmitter, hvn::MomentsOp> {
  void emit(Operation *op, KernelBuilder &kernel) const { emitMoments(kernel, cast<hvn::MomentsOp>(op)); }
};
struct NormalizeEmitter : EmitterInterface::ExternalModel<NormalizeEmitter, hvn::NormalizeOp> {
  void emit(Operation *op, KernelBuilder &kernel) const { emitNormalize(kernel, cast<hvn::NormalizeOp>(op)); }
};
} // namespace

void fovea::halide::attachNormalizationEmitters(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, hvn::HvnDialect *) {
    hvn::MomentsOp::attachInterface<MomentsEmitter>(*context);
    hvn::NormalizeOp::attachInterface<NormalizeEmitter>(*context);
  });
}

//===----------------------------------------------------------------------===//
// Schedule
//===----------------------------------------------------------------------===//

static hvn::MomentsOp momentsOf(kern::FuncOp kernel) { return opsOf<hvn::MomentsOp>(kernel).front(); }

static kern::ScheduleAttr choose(kern::FuncOp kernel, const TargetInfo &target) {
  int64_t tasks = chooseTasks(kernel.getBytes(), hvn::axisSize(momentsOf(kernel).getType(), "b"));
  return kern::ScheduleAttr::get(kernel.getContext(), "moments", {{"parallel", tasks}});
}

/// Cuts the rows of `out`, loop `row`, into `tasks` parallel parts.
static void parallelize(KernelBuilder &kernel, Func out, Var row, int64_t tasks) {
  cutIntoTasks(out, row, kernel.extent(momentsOf(kernel.kernel).getType(), "b"), tasks);
}

/// Schedules the sums of a row, which stand in the loop `row` of `out`.
static void scheduleSums(KernelBuilder &kernel, Func out, Var row) {
  Anchor &anchor = kernel.anchors.back();
  auto op = cast<hvn::MomentsOp>(anchor.op);
  int64_t lanes = lanesOf(op, kernel.target), vector = std::min<int64_t>(lanes, kernel.lanes());
  int64_t rowSize = op.getInput().getType().getNumElements() / (op.getType().getNumElements() / 2);
  Var lane("lane"), lo("lo"), li("li");
  for (const char *name : {"mean", "variance"}) {
    Func total = anchor.stages.at(name), partial = anchor.stages.at(std::string(name) + "_lanes");
    total.compute_at(out, row).store_in(Halide::MemoryType::Stack);
    if (lanes > 1)
      total.update().atomic().vectorize(anchor.reduction.back());
    partial.compute_at(out, row)
        .store_in(Halide::MemoryType::Register)
        .split(lane, lo, li, int(vector))
        .vectorize(li)
        .unroll(lo);
    std::vector<Halide::VarOrRVar> order{li, lo};
    appendReduction(order, llvm::ArrayRef(anchor.reduction).drop_back(), rowSize / lanes);
    partial.update().split(lane, lo, li, int(vector)).vectorize(li).unroll(lo).reorder(order);
  }
}

static void schedule(KernelBuilder &kernel) {
  Func out = kernel.outputs.front();
  out.unroll(Var("s"));
  parallelize(kernel, out, Var("b"), kernel.knob("parallel"));
  scheduleSums(kernel, out, Var("b"));
}

void fovea::halide::scheduleRowMoments(KernelBuilder &kernel, int64_t tasks, int64_t vector) {
  Func map = kernel.outputs[0], moments = kernel.outputs[1];
  std::string rows = momentsOf(kernel.kernel).getRows().str();
  Var c = map.args().front(), row(rows), s("s"), g("g"), n("n"), co("copy_o"), ci("copy_i");
  int64_t channels = resultType(kernel.kernel).getShape().back();
  map.split(c, co, ci, int(vector), tailFor(channels, vector)).vectorize(ci);
  moments.rename(Var("b"), row).reorder(s, g, row, n).unroll(s);
  parallelize(kernel, map, row, tasks);
  parallelize(kernel, moments, row, tasks);
  moments.compute_with(map, row);
  kernel.rows.compute_at(map, row).store_in(Halide::MemoryType::Heap);
  scheduleSums(kernel, moments, row);
}

const Family fovea::halide::momentsFamily = {
    {"moments", "the mean of a row, then the variance while the row is in the cache", {{"parallel", 1, 1024, "tasks"}}},
    [](kern::FuncOp kernel) {
      auto isAnchor = [](Operation &op) { return op.hasTrait<hvn::Anchor>(); };
      return opsOf<hvn::MomentsOp>(kernel).size() == 1 && llvm::count_if(kernel.getBody().getOps(), isAnchor) == 1;
    },
    choose,
    schedule};
