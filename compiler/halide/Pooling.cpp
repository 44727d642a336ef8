// hvn.max_pool and hvn.avg_pool, and the strategy `window` for kernels around one of them.
#include "compiler/halide/Family.h"
#include "compiler/halide/NnMath.h"
#include <limits>

using namespace mlir;
using namespace fovea;
using namespace fovea::halide;
using Halide::Expr, Halide::Func, Halide::RDom, Halide::RVar, Halide::Var;

//===----------------------------------------------------------------------===//
// Algorithm
//===----------------------------------------------------------------------===//

namespace {
/// The windows along one axis.
struct Windows {
  int from, to, kernel = 1, stride = 1, pad = 0, dilation = 1;
  // At bounded sizes, too, the last window ends as far from the end as at the largest.

  int columns(int tile) const { return (tile - 1) * stride + (kernel - 1) * dilation + 1; }
  int behindLast() const { return columns(to) - pad; }
  Reach reach() const { return {pad > 0, behindLast() > from}; }
};
} // namespace

static Windows windowsOf(Operation *op, int axis) {
  StringRef name = axis == 0 ? "h" : "w";
  Windows windows{int(hvn::axisSize(op->getOperand(0).getType(), name)),
                  int(hvn::axisSize(op->getResult(0).getType(), name))};
  auto read = [&](auto pool) {
    windows.kernel = int(pool.getKernel()[axis]);
    windows.stride = int(pool.getStride()[axis]);
    windows.pad = int(pool.getPad()[axis]);
  };
  if (auto pool = dyn_cast<hvn::MaxPoolOp>(op)) {
    read(pool);
    windows.dilation = int(pool.getDilation()[axis]);
  } else {
    read(cast<hvn::AvgPoolOp>(op));
  }
  return windows;
}

/// `index` with `place` along `axis`.
static Index withPlace(Index index, StringRef axis, Expr place) {
  for (auto &[name, at] : index)
    if (name == axis)
      at = place;
  return index;
}

/// Defines `function` as `element` of each tap of a window of `kernel` taps, taken together by `combine`.
static void emitTaps(Func function, const std::vector<Var> &vars, int kernel, std::vector<RVar> &reduction,
                     llvm::function_ref<Expr(Expr)> element, Expr (*combine)(Expr, Expr)) {
  function(vars) = element(0);
  if (kernel == 1)
    return;
  RDom tap(1, kernel - 1, "tap");
  function(vars) = combine(function(vars), element(tap.x));
  reduction.push_back(tap.x);
}

/// First the columns of the windows, one above each other, then the windows from their columns.
static Func emitWindows(KernelBuilder &kernel, Operation *op, float border, Expr (*combine)(Expr, Expr)) {
  Windows h = windowsOf(op, 0), w = windowsOf(op, 1);
  Value input = op->getOperand(0), result = op->getResult(0);
  Index index = KernelBuilder::indexOf(result);
  std::vector<Var> vars = KernelBuilder::varsOf(result);
  auto place = [](Var at, const Windows &windows, Expr tap) {
    return at * windows.stride + tap * windows.dilation - windows.pad;
  };
  Func columns = KernelBuilder::makeFunc(op, "_columns"), function = KernelBuilder::makeFunc(op);
  std::vector<RVar> down, across;
  emitTaps(
      columns, vars, h.kernel, down,
      [&](Expr tap) {
        return Halide::cast<float>(
            loadBordered(kernel, input, withPlace(index, "h", place(Var("h"), h, tap)), h.reach(), w.reach(), border));
      },
      combine);
  emitTaps(
      function, vars, w.kernel, across,
      [&](Expr tap) {
        std::vector<Expr> at;
        Index column = withPlace(index, "w", place(Var("w"), w, tap));
        for (auto &entry : llvm::reverse(column))
          at.push_back(entry.second);
        return columns(at);
      },
      combine);
  kernel.set(result, function);
  across.insert(across.end(), down.begin(), down.end());
  kernel.anchors.push_back({.op = op, .accumulator = function, .reduction = across, .stages = {{"columns", columns}}});
  return function;
}

/// How many elements the mean of the window at `place` is of, as a factor for this axis.
static Expr countAt(const Windows &windows, const Expr &from, bool includePad, Expr place) {
  int pad = includePad ? windows.pad : 0;
  Expr begin = place * windows.stride - windows.pad, end = begin + windows.kernel;
  if (windows.behindLast() > windows.from + pad)
    end = min(likely(end), from + pad);
  if (windows.pad > pad)
    begin = max(likely(begin), 0);
  return end - begin;
}

static Expr sum(Expr a, Expr b) { return a + b; }

namespace {
struct MaxPoolEmitter : EmitterInterface::ExternalModel<MaxPoolEmitter, hvn::MaxPoolOp> {
  void emit(Operation *op, KernelBuilder &kernel) const {
    emitWindows(kernel, op, -std::numeric_limits<float>::infinity(), nnMax);
  }
};

struct AvgPoolEmitter : EmitterInterface::ExternalModel<AvgPoolEmitter, hvn::AvgPoolOp> {
  void emit(Operation *op, KernelBuilder &kernel) const {
    Func function = emitWindows(kernel, op, 0.0f, sum);
    bool includePad = cast<hvn::AvgPoolOp>(op).getCountIncludePad();
    Type input = op->getOperand(0).getType();
    Expr count = countAt(windowsOf(op, 0), kernel.extent(input, "h").now, includePad, Var("h")) *
                 countAt(windowsOf(op, 1), kernel.extent(input, "w").now, includePad, Var("w"));
    kernel.define(op->getResult(0),
                  function(KernelBuilder::varsOf(op->getResult(0))) * (1.0f / Halide::cast<float>(count)));
  }
};
} // namespace

void fovea::halide::attachPoolingEmitters(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, hvn::HvnDialect *) {
    hvn::MaxPoolOp::attachInterface<MaxPoolEmitter>(*context);
    hvn::AvgPoolOp::attachInterface<AvgPoolEmitter>(*context);
  });
}

//===----------------------------------------------------------------------===//
// Schedule
//===----------------------------------------------------------------------===//

/// Taps of a column beyond this many stay a loop: unrolled code outgrows the instruction cache.
static constexpr int unrolledTaps = 9;

static bool isPool(Operation &op) { return isa<hvn::MaxPoolOp, hvn::AvgPoolOp>(op); }

static Operation *poolOf(kern::FuncOp kernel) { return &*llvm::find_if(kernel.getBody().getOps(), isPool); }

/// One pool; beside it the moments of the result, at most.
static bool matches(kern::FuncOp kernel) {
  auto ops = kernel.getBody().getOps();
  return llvm::count_if(ops, isPool) == 1 && llvm::all_of(ops, [](Operation &op) {
           return isPool(op) || isa<hvn::MomentsOp>(op) || !op.hasTrait<hvn::Anchor>();
         });
}

static kern::ScheduleAttr choose(kern::FuncOp kernel, const TargetInfo &target) {
  Operation *pool = poolOf(kernel);
  Windows windows = windowsOf(pool, 1);
  RankedTensorType type = resultType(kernel);
  // The columns of a tile are in registers.
  int most = target.vectorRegisters >= 32 ? 24 : 12;
  SmallVector<int64_t> tiles{7, 8, 6, 5, 4, 3, 2};
  llvm::erase_if(tiles, [&](int64_t tile) { return windows.columns(int(tile)) > most; });
  if (tiles.empty())
    tiles.push_back(4); // of a kernel so large that few columns more do not matter
  return kern::ScheduleAttr::get(
      kernel.getContext(), "window",
      {{"vector", chooseVector(hvn::axisSize(type, "c"), target)},
       {"tile_w", chooseTile(windows.to, tiles)},
       {"parallel", chooseTasks(std::max<double>(kernel.getBytes(), kernel.getFlops()), hvn::axisSize(type, "h"))}});
}

static void schedule(KernelBuilder &kernel) {
  Func out = tiledFunction(kernel);
  Anchor &anchor = kernel.anchors.front();
  RankedTensorType type = resultType(kernel.kernel);
  int64_t vector = kernel.knob("vector"), tile = kernel.knob("tile_w"), tasks = kernel.knob("parallel");
  int64_t channels = hvn::axisSize(type, "c");
  Extent width = kernel.extent(type, "w");
  Var c("c"), w("w"), h("h"), n("n"), co("co"), ci("ci"), xo("xo"), xi("xi");
  out.split(c, co, ci, int(vector), tailFor(channels, vector))
      .split(w, xo, xi, int(tile), tailFor(width, tile))
      .reorder(ci, xi, co, xo, h, n)
      .vectorize(ci)
      .unroll(xi);
  if (kernel.rows.defined())
    scheduleRowMoments(kernel, tasks, vector);
  else
    cutIntoTasks(out, h, kernel.extent(type, "h"), tasks);

  auto reduction = anchor.reduction.begin();
  for (auto [function, axis] : {std::pair(anchor.accumulator, 1), std::pair(anchor.stages.at("columns"), 0)}) {
    function.compute_at(out, co).store_in(Halide::MemoryType::Register).vectorize(c, int(vector)).unroll(w);
    computeWholeTiles(function, w, width, axis ? tile : windowsOf(anchor.op, 1).columns(int(tile)));
    int taps = windowsOf(anchor.op, axis).kernel;
    if (taps == 1)
      continue;
    RVar tap = *reduction++;
    auto update = function.update();
    update.reorder(c, w, tap).vectorize(c, int(vector)).unroll(w);
    if (taps <= unrolledTaps)
      update.unroll(tap);
  }
}

const Family fovea::halide::windowFamily = {
    {"window",
     "a vector of channels times the columns of some windows of a row in registers, then the windows from them",
     {{"vector", 1, 16, "lanes of f32", true},
      {"tile_w", 1, 16, "windows of a row in a tile"},
      {"parallel", 1, 1024, "tasks"}}},
    matches,
    choose,
    schedule};
