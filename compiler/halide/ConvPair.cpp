// The strategy `conv_pair` for two dense convolutions in a row, the first on few channels: the stem of a network.
// Rows of the first slide under the second, so the map between them never stands in memory as a whole.
#include "compiler/halide/Convolution.h"

using namespace mlir;
using namespace fovea;
using namespace fovea::halide;
using Halide::Func, Halide::Var;

static bool matches(kern::FuncOp kernel) {
  auto convs = opsOf<hvn::ConvOp>(kernel);
  return convs.size() == 2 && llvm::none_of(convs, [](hvn::ConvOp op) { return op.isDepthwise(); }) &&
         llvm::all_of(convs, readsOutside);
}

static kern::ScheduleAttr choose(kern::FuncOp kernel, const TargetInfo &target) {
  auto convs = opsOf<hvn::ConvOp>(kernel);
  Type first = convs[0].getType(), second = convs[1].getType();
  int64_t channels = hvn::axisSize(first, "c");
  bool wide = target.vectorRegisters >= 32;
  int64_t vector = target.lanes(), firstVector = chooseVector(channels, channels % 16 ? 8 : vector);
  // All channels of the first convolution are in registers at once.
  int64_t firstRegisters = llvm::divideCeil(channels, target.lanes());
  SmallVector<int64_t> firstTiles;
  for (int64_t tile = std::max<int64_t>(std::min<int64_t>(8, (wide ? 24 : 12) / firstRegisters), 1); tile > 0; --tile)
    firstTiles.push_back(tile);
  // Enough rows per step that the sliding window's overlap is small, few enough that they stay in the level-1 cache.
  int64_t rows = hvn::axisSize(second, "h") % 2 == 0 ? 2 : 1;
  int64_t vectors = chooseVectors(hvn::axisSize(second, "c"), vector, {3, 2});
  return kern::ScheduleAttr::get(
      kernel.getContext(), "conv_pair",
      {{"vector", vector},
       {"tile_c", vectors},
       {"tile_w", chooseTile(hvn::axisSize(second, "w"), wide ? ArrayRef<int64_t>{8, 7, 6, 5} : ArrayRef<int64_t>{4})},
       {"tile_h", rows},
       {"first_vector", firstVector},
       {"first_tile_w", chooseTile(hvn::axisSize(first, "w"), firstTiles)},
       // Neighbouring strips both compute the row between them: fourteen rows or more share that cost.
       {"parallel", chooseTasks(kernel.getFlops(), llvm::divideCeil(hvn::axisSize(second, "h"), rows),
                                hvn::axisSize(second, "h") / 14)}});
}

static void schedule(KernelBuilder &kernel) {
  Func out = kernel.outputs.front();
  Anchor &first = kernel.anchors[0], &second = kernel.anchors[1];
  int64_t vector = kernel.knob("vector"), panel = vector * kernel.knob("tile_c"), tile = kernel.knob("tile_w");
  int64_t firstVector = kernel.knob("first_vector"), firstTile = kernel.knob("first_tile_w");
  int64_t rows = kernel.knob("tile_h"), tasks = kernel.knob("parallel");
  RankedTensorType type = resultType(kernel.kernel);
  int64_t channels = hvn::axisSize(type, "c");
  Extent width = kernel.extent(type, "w"), height = kernel.extent(type, "h");
  Type between = first.op->getResult(0).getType();
  int64_t firstChannels = hvn::axisSize(between, "c");
  Extent firstWidth = kernel.extent(between, "w");

  checkPanel(channels, panel);
  Var c("c"), w("w"), h("h"), n("n"), no("no"), ni("ni"), nv("nv"), xo("xo"), xi("xi"), yo("yo"), yi("yi"),
      task("task");
  out.split(c, no, ni, int(panel), channels % panel ? Halide::TailStrategy::GuardWithIf : Halide::TailStrategy::RoundUp)
      .split(ni, nv, ni, int(vector))
      .split(w, xo, xi, int(tile), tailFor(width, tile))
      .split(h, yo, yi, int(rows), tailFor(height, rows))
      .reorder(ni, nv, xi, xo, no, yi, yo, n)
      .vectorize(ni)
      .unroll(nv)
      .unroll(xi);
  Var strip = n;
  if (tasks > 1) {
    cutIntoTasks(out, yo, height.pieces(rows), tasks);
    strip = task;
  }
  scheduleConvAccumulator(kernel, second, out, xo, panel, vector);
  computeWholeTiles(second.accumulator, w, width, tile);

  Var so("so"), si("si"), scv("scv"), sci("sci");
  int64_t firstPanel = llvm::alignTo(firstChannels, firstVector);
  second.padded.store_at(out, strip)
      .compute_at(out, yo)
      .store_in(Halide::MemoryType::Heap)
      .bound_extent(c, int(firstChannels))
      .split(w, so, si, int(firstTile),
             firstWidth.isOpen || tailFor(firstWidth, firstTile) == Halide::TailStrategy::GuardWithIf
                 ? Halide::TailStrategy::GuardWithIf
                 : Halide::TailStrategy::ShiftInwards)
      .split(c, scv, sci, int(firstVector),
             firstChannels % firstVector ? Halide::TailStrategy::GuardWithIf : Halide::TailStrategy::RoundUp)
      .reorder(sci, scv, si, so, h, n)
      .vectorize(sci)
      .unroll(scv)
      .unroll(si);
  scheduleConvAccumulator(kernel, first, second.padded, so, firstPanel, firstVector);
  computeWholeTiles(first.accumulator, w, firstWidth, firstTile);
  first.accumulator.update().unroll(first.reduction[0]);

  // The image's rows, channels side by side: what the first convolution broadcasts. Each row of the first convolution
  // copies the rows it reads: a window that slides under another sliding window costs more than it saves.
  int64_t colors = hvn::axisSize(cast<hvn::ConvOp>(first.op).getInput().getType(), "c");
  first.padded.compute_at(second.padded, h)
      .store_in(Halide::MemoryType::Heap)
      .bound(c, 0, int(colors))
      .reorder(c, w, h, n)
      .unroll(c)
      .vectorize(w, int(kernel.lanes()), Halide::TailStrategy::GuardWithIf);
}

const Family fovea::halide::convPairFamily = {
    {"conv_pair",
     "rows of a first convolution slide under a second one",
     {{"vector", 1, 16, "lanes of f32, second convolution", true},
      {"tile_c", 1, 8, "vectors of output channels in a tile"},
      {"tile_w", 1, 16, "pixels of a row in a tile"},
      {"tile_h", 1, 8, "rows per step"},
      {"first_vector", 1, 16, "lanes of f32, first convolution", true},
      {"first_tile_w", 1, 16, "pixels of a row in a tile of the first convolution"},
      {"parallel", 1, 1024, "tasks"}}},
    matches,
    choose,
    schedule};
