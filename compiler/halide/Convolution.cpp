// hvn.conv, and the strategy `conv_direct` for kernels around a dense one, or one with groups of many channels.
#include "compiler/halide/Convolution.h"

using namespace mlir;
using namespace fovea;
using namespace fovea::halide;
using Halide::Expr, Halide::Func, Halide::RDom, Halide::RVar, Halide::Var;

//===----------------------------------------------------------------------===//
// Algorithm
//===----------------------------------------------------------------------===//

/// The input pixel of tap (`y`, `x`) of the output pixel `index`.
static Index tapIndex(hvn::ConvOp op, Index index, Expr channel, Expr y, Expr x) {
  for (auto &[name, at] : index)
    if (name == "h")
      at = at * int(op.getStride()[0]) + y * int(op.getDilation()[0]) - int(op.getPad()[0]);
    else if (name == "w")
      at = at * int(op.getStride()[1]) + x * int(op.getDilation()[1]) - int(op.getPad()[1]);
    else if (name == "c")
      at = channel;
  return index;
}

/// `input` of `op` with zeros around it, as a function of its own; `pixel` becomes its element at `at`.
static Func padInput(KernelBuilder &kernel, hvn::ConvOp op, Value input, const Index &at, Expr &pixel) {
  Func padded = KernelBuilder::makeFunc(op, "_padded");
  padded(KernelBuilder::varsOf(input)) = loadZeroPadded(kernel, op, input, KernelBuilder::indexOf(input));
  std::vector<Expr> place;
  for (auto &entry : llvm::reverse(at))
    place.push_back(entry.second);
  pixel = Halide::cast<float>(padded(place));
  return padded;
}

static void emitConv(KernelBuilder &kernel, hvn::ConvOp op) {
  Type weightType = op.getWeight().getType();
  int inputs = int(hvn::axisSize(weightType, "i"));
  int height = int(hvn::axisSize(weightType, "y")), width = int(hvn::axisSize(weightType, "x"));
  Expr channel = Var("c");
  Expr bias = op.getBias() ? kernel.load(op.getBias(), {{"c", channel}}) : Expr(0.0f);

  Value narrow = KernelBuilder::narrowBehind(op.getInput());
  bool pairs = narrow && KernelBuilder::narrowBehind(op.getWeight()) && inputs % 2 == 0 &&
               (op.getGroups() == 1 || op.outputsPerGroup() % kernel.knob("vector") == 0);
  RDom tap =
      pairs ? RDom(0, inputs / 2, 0, width, 0, height, 0, 2, "tap") : RDom(0, inputs, 0, width, 0, height, "tap");
  Expr input = pairs ? tap[0] * 2 + tap[3] : Expr(tap[0]);
  Expr first = op.getGroups() == 1 ? Expr(0) : firstInput(channel, inputs, op.outputsPerGroup(), kernel.knob("vector"));
  Expr weight = kernel.load(op.getWeight(), {{"o", channel}, {"i", input}, {"y", tap[2]}, {"x", tap[1]}});
  Index at = tapIndex(op, KernelBuilder::indexOf(op.getResult()), inputs == 1 ? first : first + input, tap[2], tap[1]);
  Func padded;
  Expr pixel;
  if ((readsOutside(op) && storesPadded(op)) || (narrow && !KernelBuilder::isInMemory(narrow)))
    padded = padInput(kernel, op, narrow ? narrow : op.getInput(), at, pixel);
  else
    pixel = Halide::cast<float>(loadZeroPadded(kernel, op, op.getInput(), at));
  Anchor &anchor = kernel.accumulate(op, bias, pixel * weight, {tap[0], tap[1], tap[2]});
  anchor.padded = padded;
  if (pairs)
    anchor.pair = tap[3];
  anchor.multipliesPairs = pairs;
}

namespace {
struct ConvEmitter : EmitterInterface::ExternalModel<ConvEmitter, hvn::ConvOp> {
  void emit(Operation *op, KernelBuilder &kernel) const { emitConv(kernel, cast<hvn::ConvOp>(op)); }
};
} // namespace

void fovea::halide::attachConvolutionEmitter(DialectRegistry &registry) {
  registry.addExtension(
      +[](MLIRContext *context, hvn::HvnDialect *) { hvn::ConvOp::attachInterface<ConvEmitter>(*context); });
}

//===----------------------------------------------------------------------===//
// Schedule
//===----------------------------------------------------------------------===//

ConvTile fovea::halide::chooseConvTile(int64_t channels, int64_t width, const TargetInfo &target) {
  if (target.vectorRegisters < 32) {
    bool fused = target.lanes() > 4; // without fused operations products need registers too
    int64_t vectors = chooseVectors(channels, target.lanes(), fused ? ArrayRef<int64_t>{3, 2} : ArrayRef<int64_t>{2});
    return {target.lanes(), vectors,
            chooseTile(width, vectors == 3 ? ArrayRef<int64_t>{4, 3} : ArrayRef<int64_t>{6, 5, 4})};
  }
  if (target.lanes() == 4) { // a panel of weights is four vectors: 24 accumulators, four weights, an input
    int64_t vectors = chooseVectors(channels, 4, {4, 3, 2});
    return {4, vectors, chooseTile(width, vectors == 4 ? ArrayRef<int64_t>{6, 5, 4} : ArrayRef<int64_t>{8, 7, 6, 5})};
  }
  if (int64_t left = channels % 16; left > 0 && left <= 8 && channels < 64) { // half vectors: no lane is idle
    int64_t vectors = llvm::divideCeil(channels, 8);
    return {8, vectors, std::min<int64_t>(width, 21 / vectors)};
  }
  if (width % 14 == 0)
    return {16, 1, 14};
  return {16, chooseVectors(channels, 16, {2, 3}), chooseTile(width, {7, 8, 6, 5})};
}

ConvTile fovea::halide::chooseGroupedTile(int64_t outputs, int64_t width, const TargetInfo &target) {
  int64_t vector = target.lanes(), vectors = 1;
  while (outputs % vector)
    vector /= 2;
  bool many = target.vectorRegisters >= 32;
  for (int64_t candidate : {2, 3}) // without fused operations products need registers, too
    if (outputs % (vector * candidate) == 0 && (candidate == 2 || many || target.lanes() > 4))
      vectors = candidate;
  int64_t widest = (many ? 21 : 12) / vectors;
  return {vector, vectors, chooseTile(width, {std::min<int64_t>(widest, 14), 7, 6, 5, 4})};
}

Expr fovea::halide::firstInput(Expr channel, int64_t inputs, int64_t outputs, int64_t vector) {
  if (outputs % vector == 0)
    return channel / int(vector) / int(outputs / vector) * int(inputs);
  return channel / int(outputs) * int(inputs);
}

bool fovea::halide::storesPadded(hvn::ConvOp op) {
  // For few taps, checks at the border cost less than a copy.
  return op.getPacking(1) == hvn::Packing::Panels || !op.hasFewTaps();
}

/// Whether tasks are some of the images, windows mostly, not parts of each.
static bool cutsImages(int64_t images) { return images >= 8; }

static bool matches(kern::FuncOp kernel) {
  auto convs = opsOf<hvn::ConvOp>(kernel);
  return convs.size() == 1 && convs.front().getPacking(1) == hvn::Packing::Panels &&
         opsOf<hvn::LinearOp>(kernel).empty() && opsOf<hvn::MomentsOp>(kernel).empty();
}

static kern::ScheduleAttr choose(kern::FuncOp kernel, const TargetInfo &target) {
  hvn::ConvOp op = opsOf<hvn::ConvOp>(kernel).front();
  int64_t width = hvn::axisSize(op.getType(), "w"), height = hvn::axisSize(op.getType(), "h");
  int64_t channels = hvn::axisSize(op.getType(), "c");
  ConvTile tile = op.getGroups() == 1 ? chooseConvTile(channels, width, target)
                                      : chooseGroupedTile(op.outputsPerGroup(), width, target);
  int64_t distance = op.getStride()[1] * hvn::axisSize(op.getInput().getType(), "c") * 4; // of pixels, in bytes
  if (!stayTogether(tile.width, distance))
    tile.width = chooseTile(width, {7, 6, 5, 4});
  // Weights beyond half of a level-2 cache are read once, for the whole map.
  bool panelsOutside = hvn::byteSize(op.getWeight().getType()) > 512 * 1024;
  int64_t panels = llvm::divideCeil(channels, tile.vector * tile.vectors), images = hvn::axisSize(op.getType(), "n");
  int64_t units = !panelsOutside ? (cutsImages(images) ? images : height) : cutsRows(panels) ? 2 * panels : panels;
  // Neighbouring strips both copy the rows between them; what shares nothing may be short, so that threads that are
  // slow for a moment do less.
  bool overlaps = readsOutside(op) && !panelsOutside && !cutsImages(images);
  int64_t most = overlaps ? mostStrips : 64;
  return kern::ScheduleAttr::get(kernel.getContext(), "conv_direct",
                                 {{"vector", tile.vector},
                                  {"tile_c", tile.vectors},
                                  {"tile_w", tile.width},
                                  {"panels_outside", panelsOutside},
                                  {"parallel", chooseTasks(kernel.getFlops(), units, most)}});
}

static void schedule(KernelBuilder &kernel) {
  Func out = kernel.outputs.front();
  Anchor &anchor = kernel.anchors.front();
  int64_t vector = kernel.knob("vector"), panel = vector * kernel.knob("tile_c"), tile = kernel.knob("tile_w");
  bool panelsOutside = kernel.knob("panels_outside");
  int64_t tasks = kernel.knob("parallel");
  RankedTensorType type = resultType(kernel.kernel);
  int64_t channels = hvn::axisSize(type, "c");
  Extent width = kernel.extent(type, "w"), height = kernel.extent(type, "h"), images = kernel.extent(type, "n");

  checkPanel(channels, panel);
  Var c("c"), w("w"), h("h"), n("n"), no("no"), ni("ni"), nv("nv"), xo("xo"), xi("xi"), task("task");
  out.split(c, no, ni, int(panel), channels % panel ? Halide::TailStrategy::GuardWithIf : Halide::TailStrategy::RoundUp)
      .split(ni, nv, ni, int(vector))
      .split(w, xo, xi, int(tile), tailFor(width, tile));
  if (panelsOutside)
    out.reorder(ni, nv, xi, xo, h, no, n);
  else
    out.reorder(ni, nv, xi, xo, no, h, n);
  out.vectorize(ni).unroll(nv).unroll(xi);
  Var strip = n; // where the padded rows are kept
  if (tasks > 1) {
    int64_t panels = llvm::divideCeil(channels, panel);
    if (!panelsOutside && cutsImages(images.most))
      cutIntoTasks(out, n, images, tasks);
    else if (!panelsOutside)
      cutIntoTasks(out, h, height, tasks);
    else if (cutsRows(panels))
      cutIntoTasks(out, h, height, no, panels, tasks, isFew(panels));
    else
      cutIntoTasks(out, no, panels, tasks);
    strip = cutsImages(images.most) ? n : task;
  }
  scheduleConvAccumulator(kernel, anchor, out, xo, panel, vector);
  computeWholeTiles(anchor.accumulator, w, width, tile);
  if (!anchor.padded.defined())
    return;
  auto op = cast<hvn::ConvOp>(anchor.op);
  int64_t in = hvn::axisSize(op.getInput().getType(), "c");
  schedulePaddedRow(anchor, in, chooseVector(in, kernel.lanes()));
  if (panelsOutside)
    cutIntoTasks(anchor.padded.compute_root(), h, kernel.extent(op.getInput().getType(), "h"),
                 std::min<int64_t>(tasks, 8));
  else
    anchor.padded.store_at(out, strip).compute_at(out, h);
}

void fovea::halide::schedulePaddedRow(Anchor &anchor, int64_t channels, int64_t vector) {
  Var c("c"), co("co"), ci("ci");
  anchor.padded.store_in(Halide::MemoryType::Heap)
      .split(c, co, ci, int(vector), tailFor(channels, vector))
      .vectorize(ci);
}

int64_t fovea::halide::countTaps(Operation *op) {
  Type weight = op->getOperand(1).getType();
  return hvn::axisSize(weight, "i") * hvn::axisSize(weight, "y") * hvn::axisSize(weight, "x");
}

void fovea::halide::scheduleConvAccumulator(KernelBuilder &kernel, Anchor &anchor, Func consumer, Var at, int64_t panel,
                                            int64_t vector) {
  Var c("c"), w("w"), ni("ni"), nv("nv");
  std::vector<Halide::VarOrRVar> order{ni, nv, w};
  appendReduction(order, anchor.reduction, countTaps(anchor.op) / (anchor.pair ? 2 : 1));
  anchor.accumulator.compute_at(consumer, at)
      .store_in(Halide::MemoryType::Register)
      .bound_extent(c, int(panel))
      .split(c, nv, ni, int(vector))
      .vectorize(ni)
      .unroll(nv)
      .unroll(w);
  anchor.accumulator.update().split(c, nv, ni, int(vector)).unroll(nv).unroll(w);
  scheduleProducts(kernel, anchor, order, ni);
}

const Family fovea::halide::convDirectFamily = {
    {"conv_direct",
     "a tile of output channels and of a row's pixels in registers, the sum over taps and input channels innermost",
     {{"vector", 1, 16, "lanes of f32", true},
      {"tile_c", 1, 16, "vectors of output channels in a tile"},
      {"tile_w", 1, 28, "pixels of a row in a tile"},
      {"panels_outside", 0, 1, "1: the whole map for a panel of weights, then the next; 0: row by row"},
      {"parallel", 1, 1024, "tasks"}}},
    matches,
    choose,
    schedule};
