// hvn.linear, and the strategy `gemm` for kernels around it.
#include "compiler/halide/Linear.h"

using namespace mlir;
using namespace fovea;
using namespace fovea::halide;
using Halide::Expr, Halide::Func, Halide::RDom, Halide::RVar, Halide::Var;

//===----------------------------------------------------------------------===//
// Algorithm
//===----------------------------------------------------------------------===//

/// One output channel: lanes of partial sums over the channels, then a sum over the lanes. The last vector of channels
/// is shifted inwards; what it would count twice has weight zero.
static void emitDot(KernelBuilder &kernel, hvn::LinearOp op) {
  int channels = int(hvn::axisSize(op.getInput().getType(), "c")), lanes = int(kernel.knob("vector"));
  int vectors = (channels + lanes - 1) / lanes;
  Index pixel = KernelBuilder::indexOf(op.getResult());
  std::vector<Var> vars = KernelBuilder::varsOf(op.getResult());
  Var lane("lane");
  RDom block(0, vectors, "block"), lanesDomain(0, lanes, "lanes");

  auto atChannel = [&](Expr channel) {
    Index index = pixel;
    for (auto &[name, at] : index)
      if (name == "c")
        at = channel;
    return index;
  };
  Expr channel = Halide::min(block * lanes, channels - lanes) + lane;
  Expr weight = kernel.load(op.getWeight(), {{"i", channel}, {"o", 0}});
  if (channels % lanes)
    weight = select(channel >= block * lanes, weight, 0.0f);

  std::vector<Var> laneVars = vars; // the lane takes the place of c, which has size 1
  laneVars[0] = lane;
  std::vector<Expr> laneArgs(laneVars.begin(), laneVars.end());
  Func partial = KernelBuilder::makeFunc(op, "_partial");
  partial(laneVars) = 0.0f;
  partial(laneVars) += kernel.load(op.getInput(), atChannel(channel)) * weight;
  laneArgs[0] = lanesDomain;
  Expr bias = op.getBias() ? kernel.load(op.getBias(), {{"c", Expr(0)}}) : Expr(0.0f);
  kernel.accumulate(op, bias, partial(laneArgs), {RVar(lanesDomain), RVar(block)}).stages["partial"] = partial;
}

/// Whether weights are bf16, two neighbouring input channels side by side.
static bool readsPairs(hvn::LinearOp op) {
  return KernelBuilder::narrowBehind(op.getWeight()) && hvn::axisSize(op.getInput().getType(), "c") % 2 == 0;
}

bool fovea::halide::multipliesPairs(hvn::LinearOp op) {
  return readsPairs(op) && KernelBuilder::narrowBehind(op.getInput());
}

static void emitLinear(KernelBuilder &kernel, hvn::LinearOp op) {
  if (hvn::axisSize(op.getType(), "c") == 1 && kernel.kernel.getScheduleAttr().getStrategy() == "channel_dot")
    return emitDot(kernel, op);
  Index index = KernelBuilder::indexOf(op.getResult()), input = index;
  int depth = int(hvn::axisSize(op.getInput().getType(), "c"));
  Value narrow = KernelBuilder::narrowBehind(op.getInput());
  bool pairs = readsPairs(op);
  RDom k = pairs ? RDom(0, 2, 0, depth / 2, "k") : RDom(0, depth, "k");
  Expr channel, inputChannel = pairs ? k.y * 2 + k.x : Expr(k);
  for (auto &[name, at] : input)
    if (name == "c") {
      channel = at;
      at = inputChannel;
    }
  Expr bias = op.getBias() ? kernel.load(op.getBias(), {{"c", channel}}) : Expr(0.0f);
  Expr weight = kernel.load(op.getWeight(), {{"o", channel}, {"i", inputChannel}});
  Anchor &anchor = kernel.accumulate(op, bias, weight * kernel.load(op.getInput(), input), {pairs ? k.y : RVar(k)});
  anchor.weight = KernelBuilder::argumentBehind(op.getWeight());
  if (pairs)
    anchor.pair = k.x;
  anchor.multipliesPairs = multipliesPairs(op);
  if (narrow && !KernelBuilder::isInMemory(narrow))
    anchor.stages["rounded"] = kernel.function(narrow);
}

namespace {
struct LinearEmitter : EmitterInterface::ExternalModel<LinearEmitter, hvn::LinearOp> {
  void emit(Operation *op, KernelBuilder &kernel) const { emitLinear(kernel, cast<hvn::LinearOp>(op)); }
};
} // namespace

void fovea::halide::attachLinearEmitter(DialectRegistry &registry) {
  registry.addExtension(
      +[](MLIRContext *context, hvn::HvnDialect *) { hvn::LinearOp::attachInterface<LinearEmitter>(*context); });
}

//===----------------------------------------------------------------------===//
// Schedule
//===----------------------------------------------------------------------===//

static bool matches(kern::FuncOp kernel) {
  return opsOf<hvn::LinearOp>(kernel).size() == 1 && opsOf<hvn::ConvOp>(kernel).empty();
}

/// Pixels that the output's second axis has; 1 when there is none.
static int64_t pixelsOf(kern::FuncOp kernel) {
  RankedTensorType type = resultType(kernel);
  return type.getRank() > 1 ? type.getDimSize(type.getRank() - 2) : 1;
}

/// Rows of few `pixels` in a tile, of up to 25 accumulators: the weights come from afar, and the more products each
/// takes part in, the more time there is to fetch the next. Zero if so many rows of `depth` channels displace each
/// other.
static int64_t chooseTallTile(int64_t pixels, int64_t depth) {
  int64_t rows = chooseTile(pixels, {25, 24, 22, 21, 20, 18, 16});
  return rows <= 25 && stayTogether(rows, depth * 4) ? rows : 0;
}

/// Whether each thread has `pixels` of its own and reads all `panels` of weights: few, or less than activations.
static bool sharesWeights(hvn::LinearOp op, int64_t pixels, int64_t panels) {
  int64_t in = hvn::axisSize(op.getInput().getType(), "c"), out = hvn::axisSize(op.getType(), "c");
  return isFew(panels) || in * out <= pixels * (in + out);
}

/// Whether tasks are cut from halves of the `pixels` of each panel, else from the `panels` alone.
static bool cutsPixels(hvn::LinearOp op, int64_t pixels, int64_t panels) {
  return cutsRows(panels) || sharesWeights(op, pixels, panels);
}

/// A tile of products of pairs: wide and high, for a vector of weights and a broadcast pair of inputs cost as much as
/// the instruction that multiplies them.
static LinearTile choosePairTile(int64_t pixels, int64_t out) {
  if (int64_t left = out % 16; left > 0 && left <= 8 && out < 64) { // half vectors: the last panel is half empty
    int64_t vectors = llvm::divideCeil(out, 8);
    return {8, vectors, std::min<int64_t>(pixels, 21 / vectors)};
  }
  LinearTile tile{16, chooseVectors(out, 16, {3, 4, 2, 5, 7, 6}), 1};
  switch (tile.vectors) {
  case 2:
  case 3:
    tile.rows = chooseTile(pixels, {7, 8, 6, 5});
    break;
  case 4:
    tile.rows = chooseTile(pixels, {5, 4});
    break;
  case 5:
    tile.rows = chooseTile(pixels, {4, 3});
    break;
  case 1:
    tile.rows = chooseTile(pixels, {14, 7, 8, 10, 6, 5});
    break;
  default:
    tile.rows = chooseTile(pixels, {3, 2});
  }
  return tile;
}

LinearTile fovea::halide::chooseLinearTile(hvn::LinearOp op, int64_t pixels, bool few, const TargetInfo &target) {
  int64_t out = hvn::axisSize(op.getType(), "c"), depth = hvn::axisSize(op.getInput().getType(), "c");
  int64_t vector = target.lanes();
  if (pixels == 1) // a matrix times a vector: independent accumulators hide the latency of the sums
    return {vector, chooseVectors(out, vector, {8, 7, 6, 5, 4, 3, 2}), 1};
  if (target.multipliesBF16 && multipliesPairs(op))
    return choosePairTile(pixels, out);
  if (target.vectorRegisters >= 32 && target.lanes() == 4) {
    // A panel of weights is four vectors: 24 accumulators, four weights, one input.
    int64_t vectors = chooseVectors(out, vector, {4, 3, 2});
    return {vector, vectors,
            chooseTile(pixels, vectors == 4 ? ArrayRef<int64_t>{6, 5, 4} : ArrayRef<int64_t>{8, 7, 6, 5, 4})};
  }
  if (target.vectorRegisters >= 32) {
    if (int64_t left = out % 16; left > 0 && left <= 8 && out < 64) {
      // The last panel would be half empty: half vectors, as many as the output has, and up to 21 accumulators.
      int64_t vectors = llvm::divideCeil(out, 8);
      return {8, vectors, std::min<int64_t>(pixels, 21 / vectors)};
    }
    // A vector of outputs times seven pixels: each weight is loaded once, each input is a broadcast operand.
    int64_t rows = chooseTile(pixels, {7, 8, 6, 10, 9, 5, 4});
    return {vector, 1, few ? std::max(rows, chooseTallTile(pixels, depth)) : rows};
  }
  // Sixteen registers: twelve accumulators, three weights, one input. Without fused operations products need some too.
  bool fused = target.lanes() > 4;
  int64_t vectors = chooseVectors(out, vector, fused ? ArrayRef<int64_t>{3, 2} : ArrayRef<int64_t>{2});
  return {vector, vectors, chooseTile(pixels, vectors == 3 ? ArrayRef<int64_t>{4} : ArrayRef<int64_t>{6, 5, 4})};
}

static kern::ScheduleAttr choose(kern::FuncOp kernel, const TargetInfo &target) {
  hvn::LinearOp op = opsOf<hvn::LinearOp>(kernel).front();
  int64_t pixels = pixelsOf(kernel), out = hvn::axisSize(op.getType(), "c");
  LinearTile tile = chooseLinearTile(op, pixels, /*few=*/pixels <= 64, target);
  bool pairs = target.multipliesBF16 && multipliesPairs(op);
  // Few pixels: the weights are the larger part, so each panel is read once, and ahead of its use: by 192 lines of the
  // cache, where 64 are too few for memory, and 256 no better.
  int64_t panels = llvm::divideCeil(out, tile.panel()), tiles = llvm::divideCeil(pixels, tile.rows);
  bool panelsOutside = pixels <= 196 && (panels > 1 || !pairs) && opsOf<hvn::MomentsOp>(kernel).empty();
  int64_t prefetch = pixels > 1 && panelsOutside ? 192 : 0;
  int64_t halves = cutsPixels(op, pixels, panels) ? std::min<int64_t>(tiles, 2) : 1;
  int64_t units = panelsOutside ? panels * halves : tiles;
  for (hvn::MomentsOp moments : opsOf<hvn::MomentsOp>(kernel)) // row by row
    units = hvn::axisSize(moments.getType(), "b");
  int64_t tasks = chooseTasks(kernel.getFlops(), units);
  return kern::ScheduleAttr::get(kernel.getContext(), "gemm",
                                 {{"vector", tile.vector},
                                  {"tile_c", tile.vectors},
                                  {"tile_m", tile.rows},
                                  {"panels_outside", panelsOutside},
                                  {"prefetch", prefetch},
                                  {"parallel", tasks}});
}

static int64_t depthOf(const Anchor &anchor) {
  return hvn::axisSize(cast<hvn::LinearOp>(anchor.op).getInput().getType(), "c");
}

int64_t fovea::halide::countSteps(const Anchor &anchor) { return anchor.pair ? depthOf(anchor) / 2 : depthOf(anchor); }

void fovea::halide::scheduleLinearAccumulator(KernelBuilder &kernel, Anchor &anchor, Func consumer, Var at,
                                              const LinearTile &tile, const Extent &pixels) {
  Func acc = anchor.accumulator;
  std::vector<Var> vars = acc.args();
  Var c = vars[0], ni("ni"), nv("nv");
  acc.compute_at(consumer, at)
      .store_in(Halide::MemoryType::Register)
      .bound_extent(c, int(tile.panel()))
      .split(c, nv, ni, int(tile.vector))
      .vectorize(ni)
      .unroll(nv);
  std::vector<Halide::VarOrRVar> order{ni, nv};
  acc.update().split(c, nv, ni, int(tile.vector));
  if (vars.size() > 1) {
    computeWholeTiles(acc, vars[1], pixels, tile.rows);
    acc.unroll(vars[1]);
    order.push_back(vars[1]);
  }
  appendReduction(order, anchor.reduction.front(), countSteps(anchor));
  if (vars.size() > 1)
    acc.update().unroll(vars[1]);
  acc.update().unroll(nv);
  scheduleProducts(kernel, anchor, order, ni);
}

Var fovea::halide::cutIntoTiles(Func function, Var pixel, int64_t pixels, const LinearTile &tile, ArrayRef<Var> outer,
                                StringRef prefix) {
  auto named = [&](const char *name) { return Var((prefix + name).str()); };
  Var c = function.args().front(), no = named("no"), ni = named("ni"), nv = named("nv"), mo = named("mo"),
      mi = named("mi");
  function.split(c, no, ni, int(tile.panel()), Halide::TailStrategy::GuardWithIf)
      .split(ni, nv, ni, int(tile.vector))
      .split(pixel, mo, mi, int(tile.rows), tailFor(pixels, tile.rows));
  std::vector<Halide::VarOrRVar> order{ni, nv, mi, mo, no};
  order.insert(order.end(), outer.begin(), outer.end());
  function.reorder(order).vectorize(ni).unroll(nv).unroll(mi);
  return mo;
}

void fovea::halide::scheduleRounded(KernelBuilder &kernel, Anchor &anchor, Func rounded) {
  Var channel = rounded.args().front(), co("co"), ci("ci");
  int64_t depth = depthOf(anchor), lanes = chooseVector(depth, kernel.lanes());
  rounded.split(channel, co, ci, int(lanes), tailFor(depth, lanes)).vectorize(ci);
}

static void schedule(KernelBuilder &kernel) {
  Func out = tiledFunction(kernel);
  Anchor &anchor = kernel.anchors.front();
  RVar k = anchor.reduction.front();
  int64_t vector = kernel.knob("vector"), vectors = kernel.knob("tile_c"), rows = kernel.knob("tile_m");
  int64_t tasks = kernel.knob("parallel"), prefetch = kernel.knob("prefetch"), panel = vector * vectors;
  RankedTensorType type = resultType(kernel.kernel);
  int64_t channels = hvn::axisSize(type, "c");

  checkPanel(channels, panel);
  std::vector<Var> vars = out.args();
  Extent pixels = kernel.extent(type, vars.size() > 1 ? vars[1].name() : "");
  Var c = vars[0], no("no"), ni("ni"), nv("nv"), mo("mo"), mi("mi");
  out.split(c, no, ni, int(panel), channels % panel ? Halide::TailStrategy::GuardWithIf : Halide::TailStrategy::RoundUp)
      .split(ni, nv, ni, int(vector));
  std::vector<Halide::VarOrRVar> order{ni, nv};
  if (vars.size() > 1) {
    out.split(vars[1], mo, mi, int(rows), tailFor(pixels, rows)).unroll(mi);
    order.push_back(mi);
    if (kernel.knob("panels_outside"))
      order.insert(order.end(), {mo, no});
    else
      order.insert(order.end(), {no, mo});
  } else {
    order.push_back(no);
  }
  order.insert(order.end(), vars.begin() + std::min<size_t>(vars.size(), 2), vars.end());
  out.reorder(order).vectorize(ni).unroll(nv);
  bool tiled = vars.size() > 1 && kernel.knob("panels_outside");
  if (kernel.rows.defined()) {
    scheduleRowMoments(kernel, tasks, vector);
  } else if (tasks > 1) {
    Extent tiles = pixels.pieces(rows);
    int64_t panels = llvm::divideCeil(channels, panel);
    auto op = cast<hvn::LinearOp>(anchor.op);
    if (vars.size() > 1 && !kernel.knob("panels_outside"))
      cutIntoTasks(out, mo, tiles, tasks);
    else if (tiled && tiles.most > 1 && cutsPixels(op, pixels.most, panels))
      cutIntoTasks(out, mo, tiles, no, panels, tasks, sharesWeights(op, pixels.most, panels));
    else
      cutIntoTasks(out, no, panels, tasks);
  }

  if (auto rounded = anchor.stages.find("rounded"); rounded != anchor.stages.end()) {
    // A tile's rows are rounded once for all panels; where panels are outside, all rows once.
    if (vars.size() > 1 && !kernel.knob("panels_outside"))
      rounded->second.compute_at(out, mo);
    else
      rounded->second.compute_root();
    scheduleRounded(kernel, anchor, rounded->second);
  }
  scheduleLinearAccumulator(kernel, anchor, out, tiled ? mo : no, {vector, vectors, rows}, pixels);
  if (prefetch && anchor.weight && countSteps(anchor) > 1)
    anchor.accumulator.update().prefetch(kernel.parameter(anchor.weight), k, k, int(prefetch),
                                         Halide::PrefetchBoundStrategy::NonFaulting);
}

const Family fovea::halide::gemmFamily = {
    {"gemm",
     "a tile of output channels and pixels in registers, the sum over the input channels innermost",
     {{"vector", 1, 16, "lanes of f32", true},
      {"tile_c", 1, 16, "vectors of output channels in a tile"},
      {"tile_m", 1, 28, "pixels in a tile"},
      {"panels_outside", 0, 1, "1: all pixels for a panel of weights, then the next; 0: the other way round"},
      {"prefetch", 0, 1024, "input channels that weights are fetched ahead; 0: not"},
      {"parallel", 1, 1024, "tasks: of tiles, or if panels are outside of these for halves of the pixels"}}},
    matches,
    choose,
    schedule};
