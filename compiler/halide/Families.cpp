#include "compiler/halide/Families.h"
#include "compiler/halide/Family.h"
#include <numeric>

using namespace mlir;
using namespace fovea;
using namespace fovea::halide;
using Halide::Func, Halide::Var;

llvm::ArrayRef<const Family *> fovea::halide::families() {
  static const Family *const all[] = {&attentionFamily,  &bottleneckFamily, &contractFamily,       &convPairFamily,
                                      &channelDotFamily, &convDirectFamily, &convTransposedFamily, &depthwiseFamily,
                                      &gemmFamily,       &gemmPairFamily,   &windowFamily,         &resampleFamily,
                                      &poolFamily,       &momentsFamily,    &overAxesFamily,       &pointwiseFamily};
  return all;
}

void fovea::registerHalideFamilies(DialectRegistry &registry) {
  registry.insert<hvn::HvnDialect, kern::KernDialect>();
  attachAttentionEmitter(registry);
  attachContractEmitter(registry);
  attachConvolutionEmitter(registry);
  attachLinearEmitter(registry);
  attachMovementEmitters(registry);
  attachNormalizationEmitters(registry);
  attachPointwiseEmitters(registry);
  attachPoolingEmitters(registry);
  attachReductionEmitters(registry);
  attachResampleEmitters(registry);
  attachShapeEmitters(registry);
  attachStandardizeEmitters(registry);
  attachTransposedConvolutionEmitter(registry);
  for (const Family *family : families())
    kern::registerStrategy(family->strategy);
}

Operation *fovea::halide::anchorAlone(kern::FuncOp kernel) {
  Operation *anchor = nullptr;
  for (Operation &op : kernel.getBody().getOps())
    if (op.hasTrait<hvn::Anchor>()) {
      if (anchor)
        return nullptr;
      anchor = &op;
    }
  return anchor;
}

bool fovea::halide::comesFrom(Value value, Operation *op) {
  Operation *source = value.getDefiningOp();
  return source &&
         (source == op || llvm::any_of(source->getOperands(), [&](Value operand) { return comesFrom(operand, op); }));
}

int64_t fovea::halide::chooseTasks(double flops, int64_t units, int64_t most) {
  constexpr double least = 5e4; // about half a microsecond of a core
  most = std::min({most, units, int64_t(std::min(flops / least, 1e6))});
  if (most < 2)
    return 1;
  // What the busiest thread gets, of units in tasks of `each`, the last of the rest; summed over numbers of threads.
  auto busiest = [&](int64_t each) {
    int64_t whole = units / each, rest = units % each, sum = 0;
    for (int64_t threads : {2, 4, 8, 16})
      sum += llvm::divideCeil(whole, threads) * each + (whole % threads ? 0 : rest);
    return sum;
  };
  int64_t best = llvm::divideCeil(units, most);
  for (int64_t each = best + 1; each < units; ++each)
    if (int64_t tasks = llvm::divideCeil(units, each);
        each == int64_t(llvm::divideCeil(units, tasks)) && busiest(each) <= busiest(best))
      best = each;
  return llvm::divideCeil(units, best);
}

void fovea::halide::cutIntoTasks(Func out, Var loop, const Extent &size, int64_t tasks) {
  if (tasks > 1)
    out.split(loop, Var("task"), loop, size.pieces(tasks).now, Halide::TailStrategy::GuardWithIf).parallel(Var("task"));
}

void fovea::halide::cutIntoTasks(Func out, Var rows, const Extent &height, Var parts, int64_t size, int64_t tasks,
                                 bool halvesOutside) {
  Var half("half"), task("task");
  out.split(rows, half, rows, height.pieces(2).now, Halide::TailStrategy::GuardWithIf)
      .split(parts, task, parts, int(llvm::divideCeil(size, llvm::divideCeil(tasks, 2))),
             Halide::TailStrategy::GuardWithIf);
  if (halvesOutside)
    out.reorder(rows, parts, task, half).fuse(task, half, task);
  else
    out.reorder(rows, parts, half, task).fuse(half, task, task);
  out.parallel(task);
}

int64_t fovea::halide::chooseTile(int64_t size, ArrayRef<int64_t> candidates) {
  int64_t best = size;
  uint64_t covered = UINT64_MAX;
  for (int64_t tile : candidates)
    if (uint64_t all = llvm::alignTo(size, tile); tile <= size && all < covered) {
      best = tile;
      covered = all;
    }
  return best;
}

bool fovea::halide::stayTogether(int64_t rows, int64_t bytes) {
  constexpr int64_t way = 4096, lines = 8;
  return llvm::divideCeil(rows, way / std::gcd<int64_t>(way, bytes)) < lines;
}

/// Channels of a panel of packed weights, whatever the target.
static constexpr int64_t packedChannels = 16;

static bool endsInPacking(int64_t channels, int64_t panel) {
  return llvm::alignTo(channels, panel) <= llvm::alignTo(channels, packedChannels);
}

int64_t fovea::halide::chooseVectors(int64_t channels, int64_t vector, ArrayRef<int64_t> candidates) {
  for (int64_t vectors : candidates)
    if (endsInPacking(channels, vector * vectors))
      return vectors;
  return 1;
}

void fovea::halide::checkPanel(int64_t channels, int64_t panel) {
  if (!endsInPacking(channels, panel))
    throw Halide::CompileError("tiles of " + std::to_string(panel) + " output channels end beyond the weights, of " +
                               std::to_string(channels) + " channels: expected fewer vectors in a tile");
}

int64_t fovea::halide::chooseVector(int64_t size, int64_t lanes) {
  while (lanes > size && lanes > 1)
    lanes /= 2;
  return lanes;
}

int64_t fovea::halide::chooseVector(int64_t channels, const TargetInfo &target) {
  int64_t lanes = target.lanes();
  return chooseVector(channels, channels % 16 && channels <= 64 ? std::min<int64_t>(8, lanes) : lanes);
}

void fovea::halide::appendReduction(std::vector<Halide::VarOrRVar> &order, ArrayRef<Halide::RVar> reduction,
                                    int64_t steps) {
  if (steps > 1)
    order.insert(order.end(), reduction.begin(), reduction.end());
}

void fovea::halide::scheduleProducts(KernelBuilder &kernel, Anchor &anchor, std::vector<Halide::VarOrRVar> order,
                                     Halide::Var lanes) {
  Halide::Stage products = anchor.accumulator.update();
  if (!anchor.pair) {
    products.reorder(order).vectorize(lanes);
    return;
  }
  order.insert(order.begin(), *anchor.pair);
  products.reorder(order);
  if (kernel.target.multipliesBF16 && anchor.multipliesPairs)
    products.atomic().vectorize(*anchor.pair).vectorize(lanes);
  else
    products.unroll(*anchor.pair).vectorize(lanes);
}

Halide::TailStrategy fovea::halide::tailFor(int64_t extent, int64_t factor) {
  if (extent < factor)
    return Halide::TailStrategy::GuardWithIf;
  return extent % factor ? Halide::TailStrategy::ShiftInwards : Halide::TailStrategy::RoundUp;
}

Halide::TailStrategy fovea::halide::tailFor(const Extent &extent, int64_t factor) {
  if (!extent.isOpen)
    return tailFor(extent.most, factor);
  return extent.unit % factor ? Halide::TailStrategy::GuardWithIf : Halide::TailStrategy::RoundUp;
}

void fovea::halide::computeWholeTiles(Func function, Var loop, const Extent &extent, int64_t size) {
  if (extent.isOpen)
    function.bound_extent(loop, int(size));
}

Func fovea::halide::functionBetween(KernelBuilder &kernel, Anchor &first, Anchor &second) {
  if (auto rounded = second.stages.find("rounded"); rounded != second.stages.end())
    return rounded->second;
  Func between = kernel.function(second.op->getOperand(0));
  return between.name() == first.accumulator.name() ? between.in(second.accumulator) : between;
}

static Reach reachOf(hvn::ConvOp op, int axis) {
  int64_t input = hvn::axisSize(op.getInput().getType(), axis == 0 ? "h" : "w");
  int64_t output = hvn::axisSize(op.getType(), axis == 0 ? "h" : "w");
  int64_t kernel = hvn::axisSize(op.getWeight().getType(), axis == 0 ? "y" : "x");
  int64_t last = (output - 1) * op.getStride()[axis] + (kernel - 1) * op.getDilation()[axis] - op.getPad()[axis];
  return {op.getPad()[axis] > 0, last >= input};
}

bool fovea::halide::readsOutside(hvn::ConvOp op) {
  Reach h = reachOf(op, 0), w = reachOf(op, 1);
  return h.low || h.high || w.low || w.high;
}

Halide::Expr fovea::halide::loadZeroPadded(KernelBuilder &kernel, hvn::ConvOp op, Value input, Index index) {
  return loadBordered(kernel, input, std::move(index), reachOf(op, 0), reachOf(op, 1), 0.0f);
}

void fovea::halide::keepInside(Halide::Expr &place, const Halide::Expr &size, Reach reach, Halide::Expr &outside) {
  Halide::Expr any = place;
  if (reach.low)
    outside = outside || any < 0;
  if (reach.high)
    outside = outside || any >= size;
  // `likely` has Halide split the loops into a border with the checks and an interior without.
  if (reach.low && reach.high)
    place = clamp(likely(any), 0, size - 1);
  else if (reach.low)
    place = max(likely(any), 0);
  else if (reach.high)
    place = min(likely(any), size - 1);
}

Halide::Expr fovea::halide::loadBordered(KernelBuilder &kernel, Value input, Index index, Reach h, Reach w,
                                         float border) {
  Halide::Expr outside = Halide::Internal::const_false();
  for (auto &[name, at] : index) {
    if (name != "h" && name != "w")
      continue;
    keepInside(at, kernel.extent(input.getType(), name).now, name == "h" ? h : w, outside);
  }
  Halide::Expr element = kernel.loadStored(input, index);
  return select(outside, Halide::cast(element.type(), border), element);
}
