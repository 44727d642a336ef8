// The strategy `bottleneck` for a depthwise convolution of few taps between linear layers, or behind or before one: a
// band of rows goes through all, so that the wide maps between them never leave the cache.
#include "compiler/halide/Convolution.h"
#include "compiler/halide/Linear.h"

using namespace mlir;
using namespace fovea;
using namespace fovea::halide;
using Halide::Func, Halide::Var;

namespace {
/// The layers of a kernel; null where there is none.
struct Layers {
  hvn::LinearOp before;
  hvn::ConvOp conv;
  hvn::LinearOp behind;
};
} // namespace

static Layers layersOf(kern::FuncOp kernel) {
  Layers layers;
  for (Operation &op : kernel.getBody().getOps())
    if (auto conv = dyn_cast<hvn::ConvOp>(op))
      layers.conv = conv;
    else if (auto linear = dyn_cast<hvn::LinearOp>(op))
      (layers.conv ? layers.behind : layers.before) = linear;
  return layers;
}

static bool matches(kern::FuncOp kernel) {
  auto [before, conv, behind] = layersOf(kernel);
  size_t linears = (before ? 1 : 0) + (behind ? 1 : 0);
  return linears > 0 && opsOf<hvn::LinearOp>(kernel).size() == linears && opsOf<hvn::ConvOp>(kernel).size() == 1 &&
         opsOf<hvn::MomentsOp>(kernel).empty() && conv.isDepthwise() && !storesPadded(conv) &&
         (!before || comesFrom(conv.getInput(), before)) &&
         (!behind || (comesFrom(behind.getInput(), conv) && hvn::axisSize(behind.getType(), "c") > 1));
}

static LinearTile chooseLayerTile(hvn::LinearOp op, const TargetInfo &target) {
  return op ? chooseLinearTile(op, hvn::axisSize(op.getType(), "w"), /*few=*/false, target) : LinearTile{1, 1, 1};
}

static kern::ScheduleAttr choose(kern::FuncOp kernel, const TargetInfo &target) {
  Layers layers = layersOf(kernel);
  RankedTensorType type = layers.conv.getType();
  int64_t channels = hvn::axisSize(type, "c"), width = hvn::axisSize(type, "w"), height = hvn::axisSize(type, "h");
  LinearTile first = chooseLayerTile(layers.before, target), last = chooseLayerTile(layers.behind, target);
  bool wide = target.vectorRegisters >= 32;
  // Neighbouring strips both compute the rows between them: fourteen rows or more share that cost.
  int64_t strips = layers.before ? std::max<int64_t>(hvn::axisSize(layers.before.getType(), "h") / 14, 1) : mostStrips;
  int64_t tasks = chooseTasks(kernel.getFlops(), height, strips);
  int64_t rows = height % 2 || llvm::divideCeil(height, tasks) % 2 ? 1 : 2; // strips are as long as balances threads
  return kern::ScheduleAttr::get(
      kernel.getContext(), "bottleneck",
      {{"rows", rows},
       {"first_vector", first.vector},
       {"first_tile_c", first.vectors},
       {"first_tile_w", first.rows},
       {"vector", chooseVector(channels, target)},
       {"tile_w", chooseTile(width, wide ? ArrayRef<int64_t>{7, 8, 6, 5, 4} : ArrayRef<int64_t>{7, 4, 5, 6})},
       {"last_vector", last.vector},
       {"last_tile_c", last.vectors},
       {"last_tile_w", last.rows},
       {"parallel", tasks}});
}

static void schedule(KernelBuilder &kernel) {
  Layers layers = layersOf(kernel.kernel);
  Func out = kernel.outputs.front();
  auto anchorOf = [&](Operation *op) -> Anchor & {
    return *llvm::find_if(kernel.anchors, [&](Anchor &anchor) { return anchor.op == op; });
  };
  auto tileOf = [&](std::string prefix) {
    return LinearTile{kernel.knob(prefix + "vector"), kernel.knob(prefix + "tile_c"), kernel.knob(prefix + "tile_w")};
  };
  RankedTensorType type = layers.conv.getType();
  int64_t channels = hvn::axisSize(type, "c"), width = hvn::axisSize(type, "w"), height = hvn::axisSize(type, "h");
  int64_t rows = kernel.knob("rows"), vector = kernel.knob("vector"), tile = kernel.knob("tile_w");
  Var c("c"), w("w"), h("h"), n("n"), yo("yo"), yi("yi"), co("co"), ci("ci"), xo("xo"), xi("xi"), task("task");

  out.split(h, yo, yi, int(rows), Halide::TailStrategy::GuardWithIf);
  Anchor &conv = anchorOf(layers.conv);
  Func middle = out;
  if (layers.behind) {
    LinearTile last = tileOf("last_");
    checkPanel(hvn::axisSize(layers.behind.getType(), "c"), last.panel());
    Var tiles = cutIntoTiles(out, w, width, last, {}, "last_");
    out.reorder(tiles, yi, Var("last_no"), yo, n);
    scheduleLinearAccumulator(kernel, anchorOf(layers.behind), out, tiles, last, width);
    middle = functionBetween(kernel, conv, anchorOf(layers.behind));
    middle.compute_at(out, yo).store_in(Halide::MemoryType::Heap).bound_extent(c, int(channels));
  }
  middle.split(c, co, ci, int(vector), tailFor(channels, vector)).split(w, xo, xi, int(tile), tailFor(width, tile));
  if (layers.behind)
    middle.reorder(ci, xi, co, xo, h, n);
  else
    middle.reorder(ci, xi, co, xo, yi, yo, n);
  middle.vectorize(ci).unroll(xi);
  Var strip = n;
  if (int64_t tasks = kernel.knob("parallel"); tasks > 1) {
    cutIntoTasks(out, yo, Extent(llvm::divideCeil(height, rows)), tasks);
    strip = task;
  }
  scheduleTaps(conv, Halide::LoopLevel(middle, co), vector);

  if (!layers.before)
    return;
  Anchor &before = anchorOf(layers.before);
  LinearTile first = tileOf("first_");
  RankedTensorType wideType = layers.before.getType();
  int64_t hidden = hvn::axisSize(wideType, "c"), firstWidth = hvn::axisSize(wideType, "w");
  checkPanel(hidden, first.panel());
  // Rows slide: a band computes those that the one before it has not.
  int64_t stride = layers.conv.getStride()[0], dilation = layers.conv.getDilation()[0];
  int64_t taps = hvn::axisSize(layers.conv.getWeight().getType(), "y");
  int64_t live = std::max((rows - 1) * stride + (taps - 1) * dilation + 1, rows * stride);
  auto slide = [&](Func function) {
    function.store_at(out, strip)
        .compute_at(out, yo)
        .store_in(Halide::MemoryType::Heap)
        .fold_storage(h, int(llvm::PowerOf2Ceil(live)));
  };
  Func between = functionBetween(kernel, before, conv);
  slide(between.bound_extent(c, int(hidden)));
  Var firstTiles = cutIntoTiles(between, w, firstWidth, first, {}, "first_");
  between.reorder(firstTiles, h, Var("first_no"), n);
  scheduleLinearAccumulator(kernel, before, between, firstTiles, first, firstWidth);
  if (auto input = before.stages.find("rounded"); input != before.stages.end()) {
    slide(input->second);
    scheduleRounded(kernel, before, input->second);
  }
}

const Family fovea::halide::bottleneckFamily = {
    {"bottleneck",
     "a band of rows through a depthwise convolution and the linear layers around it",
     {{"rows", 1, 64, "rows of a band"},
      {"first_vector", 1, 16, "lanes of f32, first linear layer", true},
      {"first_tile_c", 1, 16, "vectors of output channels in a tile of the first linear layer"},
      {"first_tile_w", 1, 28, "pixels in a tile of the first linear layer"},
      {"vector", 1, 16, "lanes of f32, convolution", true},
      {"tile_w", 1, 16, "pixels in a tile of the convolution"},
      {"last_vector", 1, 16, "lanes of f32, last linear layer", true},
      {"last_tile_c", 1, 16, "vectors of output channels in a tile of the last linear layer"},
      {"last_tile_w", 1, 28, "pixels in a tile of the last linear layer"},
      {"parallel", 1, 1024, "tasks of bands"}}},
    matches,
    choose,
    schedule};
