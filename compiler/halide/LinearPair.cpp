// The strategy `gemm_pair` for two linear layers in a row, as in a perceptron: a block of pixels goes through both, so
// that the wide map between them never leaves the cache.
#include "compiler/halide/Linear.h"

using namespace mlir;
using namespace fovea;
using namespace fovea::halide;
using Halide::Func, Halide::Var;

static bool matches(kern::FuncOp kernel) {
  auto layers = opsOf<hvn::LinearOp>(kernel);
  return layers.size() == 2 && opsOf<hvn::ConvOp>(kernel).empty() && opsOf<hvn::MomentsOp>(kernel).empty() &&
         layers[0].getType().getRank() > 1 && comesFrom(layers[1].getInput(), layers[0]);
}

/// Pixels along the second axis.
static int64_t pixelsOf(hvn::LinearOp op) { return op.getType().getDimSize(op.getType().getRank() - 2); }

/// Pixels of a block, a multiple of `rows` unless it is all of them: what is between the layers takes a small part of a
/// level-2 cache, beside the weights, and each panel of weights serves several tiles.
static int64_t chooseBlock(hvn::LinearOp first, int64_t rows) {
  constexpr int64_t bytes = 96 * 1024, fewest = 4, most = 16; // tiles
  int64_t tile = rows * hvn::axisSize(first.getType(), "c") * 4;
  int64_t pixels = pixelsOf(first), all = llvm::divideCeil(pixels, rows);
  int64_t blocks = llvm::divideCeil(all, std::clamp(bytes / tile, fewest, most));
  return std::min(pixels, rows * int64_t(llvm::divideCeil(all, blocks)));
}

static kern::ScheduleAttr choose(kern::FuncOp kernel, const TargetInfo &target) {
  auto layers = opsOf<hvn::LinearOp>(kernel);
  int64_t pixels = pixelsOf(layers[0]);
  LinearTile first = chooseLinearTile(layers[0], pixels, /*few=*/false, target);
  LinearTile second = chooseLinearTile(layers[1], pixels, /*few=*/false, target);
  int64_t block = chooseBlock(layers[0], std::max(first.rows, second.rows));
  return kern::ScheduleAttr::get(kernel.getContext(), "gemm_pair",
                                 {{"vector", second.vector},
                                  {"tile_c", second.vectors},
                                  {"tile_m", second.rows},
                                  {"first_vector", first.vector},
                                  {"first_tile_c", first.vectors},
                                  {"first_tile_m", first.rows},
                                  {"block", block},
                                  {"parallel", chooseTasks(kernel.getFlops(), llvm::divideCeil(pixels, block))}});
}

static void schedule(KernelBuilder &kernel) {
  Func out = kernel.outputs.front();
  Anchor &first = kernel.anchors[0], &second = kernel.anchors[1];
  RankedTensorType type = resultType(kernel.kernel);
  int64_t pixels = pixelsOf(cast<hvn::LinearOp>(second.op)), block = std::min(kernel.knob("block"), pixels);
  int64_t hidden = hvn::axisSize(first.op->getResult(0).getType(), "c");
  auto tileOf = [&](std::string prefix) {
    return LinearTile{kernel.knob(prefix + "vector"), kernel.knob(prefix + "tile_c"),
                      std::min(kernel.knob(prefix + "tile_m"), block)};
  };
  LinearTile tile = tileOf(""), firstTile = tileOf("first_");
  std::vector<Var> vars = out.args();
  Var pixel = vars[1], bo("bo"), bi("bi");

  checkPanel(hvn::axisSize(type, "c"), tile.panel());
  checkPanel(hidden, firstTile.panel());
  out.split(pixel, bo, bi, int(block), tailFor(pixels, block));
  std::vector<Var> outer{bo};
  outer.insert(outer.end(), vars.begin() + 2, vars.end());
  Var mo = cutIntoTiles(out, bi, block, tile, outer, "");
  cutIntoTasks(out, bo, Extent(pixels).pieces(block), kernel.knob("parallel"));
  scheduleLinearAccumulator(kernel, second, out, mo, tile, pixels);

  Func between = functionBetween(kernel, first, second);
  between.compute_at(out, bo).store_in(Halide::MemoryType::Heap).bound_extent(between.args()[0], int(hidden));
  Var firstTiles = cutIntoTiles(between, pixel, block, firstTile, {}, "first_");
  scheduleLinearAccumulator(kernel, first, between, firstTiles, firstTile, pixels);
  if (auto input = first.stages.find("rounded"); input != first.stages.end()) {
    input->second.compute_at(out, bo);
    scheduleRounded(kernel, first, input->second);
  }
}

const Family fovea::halide::gemmPairFamily = {
    {"gemm_pair",
     "a block of pixels through two linear layers, what is between them in the cache",
     {{"vector", 1, 16, "lanes of f32, second layer", true},
      {"tile_c", 1, 16, "vectors of output channels in a tile of the second layer"},
      {"tile_m", 1, 28, "pixels in a tile of the second layer"},
      {"first_vector", 1, 16, "lanes of f32, first layer", true},
      {"first_tile_c", 1, 16, "vectors of output channels in a tile of the first layer"},
      {"first_tile_m", 1, 28, "pixels in a tile of the first layer"},
      {"block", 1, 1024, "pixels that go through both layers at a time"},
      {"parallel", 1, 1024, "tasks of blocks"}}},
    matches,
    choose,
    schedule};
