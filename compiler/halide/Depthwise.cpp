// The strategies `depthwise`, for kernels around a convolution with groups of few channels, and `channel_dot`.
#include "compiler/halide/Convolution.h"

using namespace mlir;
using namespace fovea;
using namespace fovea::halide;
using Halide::Func, Halide::RVar, Halide::Var;

/// Taps beyond this many stay a loop: unrolled code outgrows the instruction cache.
static constexpr int64_t unrolledTaps = 9;

/// The one convolution of a kernel, if its groups have few channels; null otherwise.
static hvn::ConvOp convOf(kern::FuncOp kernel) {
  auto convs = opsOf<hvn::ConvOp>(kernel);
  return convs.size() == 1 && convs.front().getPacking(1) == hvn::Packing::FirstLast ? convs.front() : hvn::ConvOp();
}

void fovea::halide::scheduleTaps(Anchor &anchor, Halide::LoopLevel at, int64_t vector) {
  Var c("c"), w("w"), h("h");
  RVar ri = anchor.reduction[0], rx = anchor.reduction[1], ry = anchor.reduction[2];
  anchor.accumulator.compute_at(at)
      .store_in(Halide::MemoryType::Register)
      .vectorize(c, int(vector))
      .unroll(w)
      .unroll(h);
  std::vector<Halide::VarOrRVar> order{c, w, h};
  int64_t taps = countTaps(anchor.op);
  appendReduction(order, {ri, rx, ry}, taps);
  auto update = anchor.accumulator.update();
  update.reorder(order).vectorize(c, int(vector)).unroll(w).unroll(h);
  if (taps == 1)
    return;
  update.unroll(rx);
  if (taps <= unrolledTaps)
    update.unroll(ry);
}

//===----------------------------------------------------------------------===//
// depthwise
//===----------------------------------------------------------------------===//

/// Bytes of a level-1 cache. Rows of all channels that fill most of it go through it a vector of channels at a time, if
/// a row has enough pixels.
static constexpr int64_t nearestCache = 32 * 1024, wideRow = 48;

static kern::ScheduleAttr chooseDepthwise(kern::FuncOp kernel, const TargetInfo &target) {
  RankedTensorType type = resultType(kernel);
  int64_t channels = hvn::axisSize(type, "c"), width = hvn::axisSize(type, "w"), height = hvn::axisSize(type, "h");
  bool wide = target.vectorRegisters >= 32;
  int64_t vector = chooseVector(channels, target), blocks = llvm::divideCeil(channels, vector);
  SmallVector<int64_t> tiles = wide ? SmallVector<int64_t>{7, 8, 6, 5, 4} : SmallVector<int64_t>{7, 4, 5, 6};
  if (wide && target.lanes() == 16 && (vector < 16 || blocks == 1)) // little is computed with what a tile reads
    tiles.insert(tiles.begin(), 14);
  hvn::ConvOp op = convOf(kernel);
  bool padded = readsOutside(op) && storesPadded(op);
  int64_t taps = hvn::axisSize(op.getWeight().getType(), "y"), stride = op.getStride()[0];
  bool outside = op.isDepthwise() && blocks > 1 && opsOf<hvn::MomentsOp>(kernel).empty() &&
                 (padded || (width >= wideRow && taps * width * channels * 4 > nearestCache * 3 / 4));
  bool strips = !outside || isFew(blocks); // of all channels, few: each vector goes through each of them again
  int64_t units = strips ? height : blocks, most = outside && strips ? 4 : mostStrips;
  if (padded && !outside) // a strip copies no more rows for its taps alone than for itself
    most = std::clamp<int64_t>(height * stride / std::max<int64_t>(taps - stride, 1), 4, most);
  return kern::ScheduleAttr::get(kernel.getContext(), "depthwise",
                                 {{"vector", vector},
                                  {"tile_w", chooseTile(width, tiles)},
                                  {"channels_outside", outside},
                                  {"parallel", chooseTasks(kernel.getFlops(), units, most)}});
}

static void scheduleDepthwise(KernelBuilder &kernel) {
  Func out = tiledFunction(kernel);
  RankedTensorType type = resultType(kernel.kernel);
  int64_t vector = kernel.knob("vector"), tile = kernel.knob("tile_w"), tasks = kernel.knob("parallel");
  bool channelsOutside = kernel.knob("channels_outside");
  hvn::ConvOp conv = convOf(kernel.kernel);
  if (channelsOutside && (kernel.rows.defined() || !conv.isDepthwise()))
    throw Halide::CompileError("channels_outside = 1 is for a depthwise convolution without statistics");
  int64_t channels = hvn::axisSize(type, "c");
  Extent width = kernel.extent(type, "w"), height = kernel.extent(type, "h");
  Var c("c"), w("w"), h("h"), n("n"), co("co"), ci("ci"), xo("xo"), xi("xi"), task("task");
  out.split(c, co, ci, int(vector), tailFor(channels, vector)).split(w, xo, xi, int(tile), tailFor(width, tile));
  if (channelsOutside)
    out.reorder(ci, xi, xo, h, co, n);
  else
    out.reorder(ci, xi, xo, co, h, n);
  out.vectorize(ci).unroll(xi);
  Anchor &anchor = kernel.anchors.front();
  Var strip = channelsOutside ? co : n; // where the padded rows are kept
  if (kernel.rows.defined()) {
    scheduleRowMoments(kernel, tasks, vector);
  } else if (tasks > 1) {
    int64_t blocks = llvm::divideCeil(channels, vector);
    bool strips = !channelsOutside || isFew(blocks);
    cutIntoTasks(out, strips ? h : co, strips ? height : Extent(blocks), tasks);
    if (channelsOutside && strips)
      out.reorder(h, co, n, task);
    strip = channelsOutside ? co : task;
  }
  scheduleTaps(anchor, Halide::LoopLevel(out, xo), vector);
  computeWholeTiles(anchor.accumulator, w, width, tile);
  if (!anchor.padded.defined())
    return;
  int64_t in = hvn::axisSize(anchor.op->getOperand(0).getType(), "c");
  schedulePaddedRow(anchor, in, channelsOutside ? vector : chooseVector(in, kernel.lanes()));
  if (!kernel.rows.defined()) {
    anchor.padded.store_at(out, strip).compute_at(out, h);
    return;
  }
  // Rows beside statistics do not slide, and each would copy all that its taps reach: the whole map is copied first.
  int64_t rows = (height.most - 1) * conv.getStride()[0] +
                 (hvn::axisSize(conv.getWeight().getType(), "y") - 1) * conv.getDilation()[0] + 1;
  anchor.padded.compute_root();
  if (tasks > 1)
    anchor.padded.parallel(h, int(llvm::divideCeil(rows, tasks)), Halide::TailStrategy::GuardWithIf);
}

const Family fovea::halide::depthwiseFamily = {
    {"depthwise",
     "a vector of channels times some pixels of a row in registers, all taps innermost",
     {{"vector", 1, 16, "lanes of f32", true},
      {"tile_w", 1, 16, "pixels of a row in a tile"},
      {"channels_outside", 0, 1, "1: the whole map for a vector of channels, then the next; 0: row by row"},
      {"parallel", 1, 1024, "tasks"}}},
    [](kern::FuncOp kernel) { return convOf(kernel) && opsOf<hvn::LinearOp>(kernel).empty(); },
    chooseDepthwise,
    scheduleDepthwise};

//===----------------------------------------------------------------------===//
// channel_dot
//===----------------------------------------------------------------------===//

static kern::ScheduleAttr chooseChannelDot(kern::FuncOp kernel, const TargetInfo &target) {
  hvn::ConvOp op = opsOf<hvn::ConvOp>(kernel).front();
  int64_t channels = hvn::axisSize(op.getType(), "c"), width = hvn::axisSize(op.getType(), "w");
  int64_t vector = chooseVector(channels, target);
  return kern::ScheduleAttr::get(
      kernel.getContext(), "channel_dot",
      {{"vector", vector},
       {"tile_w", chooseTile(width, {7, 8, 6, 5, 4})},
       {"parallel", chooseTasks(kernel.getFlops(), hvn::axisSize(op.getType(), "h"), mostStrips)}});
}

static void scheduleChannelDot(KernelBuilder &kernel) {
  Func out = kernel.outputs.front();
  Anchor &depthwise = kernel.anchors[0], &dot = kernel.anchors[1];
  Func partial = dot.stages.at("partial");
  RVar lanes = dot.reduction[0], block = dot.reduction[1];
  RankedTensorType type = resultType(kernel.kernel);
  int64_t vector = kernel.knob("vector"), tile = kernel.knob("tile_w"), tasks = kernel.knob("parallel");
  Extent width = kernel.extent(type, "w");
  Var c("c"), w("w"), h("h"), n("n"), lane("lane"), xo("xo"), xi("xi"), task("task");

  int64_t outVector = width.most % 8 == 0 || width.most % 7 ? 8 : 7; // along the row: there is one channel
  out.reorder(w, c, h, n).vectorize(w, int(outVector), Halide::TailStrategy::GuardWithIf);
  cutIntoTasks(out, h, kernel.extent(type, "h"), tasks);
  partial.compute_at(out, h)
      .store_in(Halide::MemoryType::Stack)
      .bound_extent(w, width.now)
      .vectorize(lane)
      .split(w, xo, xi, int(tile), tailFor(width, tile))
      .unroll(xi);
  partial.update()
      .split(w, xo, xi, int(tile),
             tailFor(width, tile) == Halide::TailStrategy::ShiftInwards
                 ? Halide::TailStrategy::GuardWithIf // an update must not run twice
                 : tailFor(width, tile))
      .reorder(lane, xi, block, xo, h)
      .vectorize(lane)
      .unroll(xi);
  dot.accumulator.compute_at(out, h).store_in(Halide::MemoryType::Stack).bound_extent(w, width.now);
  dot.accumulator.update().atomic().vectorize(lanes);
  scheduleTaps(depthwise, Halide::LoopLevel(partial, block), vector);
  computeWholeTiles(depthwise.accumulator, w, width, tile);
  if (!depthwise.padded.defined())
    return;
  int64_t in = hvn::axisSize(depthwise.op->getResult(0).getType(), "c");
  schedulePaddedRow(depthwise, in, chooseVector(in, kernel.lanes()));
  depthwise.padded.store_at(out, tasks > 1 ? task : n).compute_at(out, h);
}

const Family fovea::halide::channelDotFamily = {
    {"channel_dot",
     "a depthwise convolution whose channels are summed with weights at once",
     {{"vector", 1, 16, "lanes of f32", true},
      {"tile_w", 1, 16, "pixels of a row in a tile"},
      {"parallel", 1, 1024, "tasks"}}},
    [](kern::FuncOp kernel) {
      auto dots = opsOf<hvn::LinearOp>(kernel);
      return convOf(kernel) && convOf(kernel).isDepthwise() && dots.size() == 1 &&
             hvn::axisSize(dots.front().getType(), "c") == 1;
    },
    chooseChannelDot,
    scheduleChannelDot};
