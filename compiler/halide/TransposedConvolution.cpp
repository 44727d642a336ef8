// hvn.conv_transpose, and its strategy `conv_transposed`. Each output pixel gathers what the input pixels spread over
// it.
#include "compiler/halide/Convolution.h"
#include <numeric>

using namespace mlir;
using namespace fovea;
using namespace fovea::halide;
using Halide::Expr, Halide::Func, Halide::RDom, Halide::Var;

//===----------------------------------------------------------------------===//
// Algorithm
//===----------------------------------------------------------------------===//

namespace {
/// One spatial axis. Output `at` hears from input r by tap t if r stride - pad + t dilation = at: for each remainder of
/// at + pad by stride these are a first tap and every `step`-th from there on, or none.
struct TransposedAxis {
  int stride, dilation, pad, kernel, inputs, outputs;
  int common = std::gcd(stride, dilation), step = stride / common;

  TransposedAxis(hvn::ConvTransposeOp op, int number)
      : stride(int(op.getStride()[number])), dilation(int(op.getDilation()[number])), pad(int(op.getPad()[number])),
        kernel(int(hvn::axisSize(op.getWeight().getType(), number ? "x" : "y"))),
        inputs(int(hvn::axisSize(op.getInput().getType(), number ? "w" : "h"))),
        outputs(int(hvn::axisSize(op.getType(), number ? "w" : "h"))) {}

  /// The most taps that an output hears.
  int count() const { return (kernel + step - 1) / step; }

  /// The first tap for outputs with this remainder, a multiple of `common`: t with t dilation = remainder mod stride.
  template <typename Int> Int firstTap(Int remainder) const {
    if (step == 1)
      return 0;
    int inverse = 1; // of dilation / common, modulo step
    while (inverse * (dilation / common) % step != 1)
      ++inverse;
    return remainder / common * inverse % step;
  }

  /// The input from which output `shifted` - pad hears by its tap number `number`.
  template <typename Int, typename Number> Int placeOf(Int shifted, Number number) const {
    Int remainder = shifted % stride, place = shifted / stride - number * (dilation / common);
    if (dilation == 1) // the first tap is the remainder
      return place;
    return place - (firstTap(remainder) * dilation - (remainder - remainder % common)) / stride;
  }

  /// Tap number `number` of output `at` becomes `tap` and `place`, both within their bounds; the result says where that
  /// is not a tap.
  Expr find(Expr at, Expr number, const Expr &inputsNow, Expr &tap, Expr &place) const {
    Expr shifted = at + pad, remainder = shifted % stride;
    tap = firstTap(remainder) + number * step;
    place = placeOf(shifted, number);
    Expr none = Halide::Internal::const_false();
    if (common > 1)
      none = remainder % common != 0;
    if (kernel % step) {
      none = none || tap >= kernel;
      tap = min(tap, kernel - 1);
    }
    keepInside(place, inputsNow, reach(), none);
    return none;
  }

private:
  /// Whether places before the input, and behind it, are computed; or seem to be, for Halide knows each remainder by
  /// itself alone.
  Reach reach() const {
    bool low = dilation > 1, high = dilation > 1;
    for (int at = pad; at < outputs + pad; ++at)
      for (int number = 0; number < count(); ++number) {
        low |= placeOf(at, number) < 0;
        high |= placeOf(at, number) >= inputs;
      }
    return {low, high};
  }
};
} // namespace

static void emitConvTranspose(KernelBuilder &kernel, hvn::ConvTransposeOp op) {
  Type weightType = op.getWeight().getType();
  int outputs = int(hvn::axisSize(weightType, "o")),
      inputs = int(hvn::axisSize(weightType, "i") / int64_t(op.getGroups()));
  TransposedAxis vertical(op, 0), horizontal(op, 1);
  RDom tap(0, inputs, 0, horizontal.count(), 0, vertical.count(), "tap");
  Expr channel = Var("c"), y, x, row, column;
  Expr height = kernel.extent(op.getInput().getType(), "h").now,
       width = kernel.extent(op.getInput().getType(), "w").now;
  Expr none = vertical.find(Var("h"), tap.z, height, y, row) || horizontal.find(Var("w"), tap.y, width, x, column);
  Expr first = op.getGroups() == 1 ? Expr(0) : firstInput(channel, inputs, outputs, kernel.knob("vector"));
  Expr input = inputs == 1 ? first : first + tap.x;
  Expr pixel = kernel.load(op.getInput(), {{"n", Var("n")}, {"h", row}, {"w", column}, {"c", input}});
  Expr output = op.getGroups() == 1 ? channel : channel % outputs;
  Expr weight = kernel.load(op.getWeight(), {{"i", input}, {"o", output}, {"y", y}, {"x", x}});
  Expr bias = op.getBias() ? kernel.load(op.getBias(), {{"c", channel}}) : Expr(0.0f);
  kernel.accumulate(op, bias, select(none, 0.0f, pixel * weight), {tap.x, tap.y, tap.z});
}

namespace {
struct ConvTransposeEmitter : EmitterInterface::ExternalModel<ConvTransposeEmitter, hvn::ConvTransposeOp> {
  void emit(Operation *op, KernelBuilder &kernel) const { emitConvTranspose(kernel, cast<hvn::ConvTransposeOp>(op)); }
};
} // namespace

void fovea::halide::attachTransposedConvolutionEmitter(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, hvn::HvnDialect *) {
    hvn::ConvTransposeOp::attachInterface<ConvTransposeEmitter>(*context);
  });
}

//===----------------------------------------------------------------------===//
// Schedule
//===----------------------------------------------------------------------===//

static kern::ScheduleAttr choose(kern::FuncOp kernel, const TargetInfo &target) {
  hvn::ConvTransposeOp op = opsOf<hvn::ConvTransposeOp>(kernel).front();
  int64_t width = hvn::axisSize(op.getType(), "w"), channels = hvn::axisSize(op.getType(), "c");
  int64_t outputs = hvn::axisSize(op.getWeight().getType(), "o"), vector = chooseVector(channels, target), vectors = 1;
  if (op.getGroups() > 1 && outputs % 4 == 0) // a vector within a group
    while (outputs % vector)
      vector /= 2;
  else if (op.getGroups() == 1 && channels >= 2 * vector)
    vectors = 2;
  // Whole steps of the stride, so that the taps of each pixel of a tile are known: 16 accumulators at most.
  int64_t stride = op.getStride()[1], most = (target.vectorRegisters >= 32 ? 16 : 8) / vectors;
  int64_t tile = std::min(width, stride * std::max<int64_t>(most / stride, 1));
  return kern::ScheduleAttr::get(kernel.getContext(), "conv_transposed",
                                 {{"vector", vector},
                                  {"tile_c", vectors},
                                  {"tile_w", std::min<int64_t>(tile, 16)},
                                  {"parallel", chooseTasks(kernel.getFlops(), hvn::axisSize(op.getType(), "h"))}});
}

static void schedule(KernelBuilder &kernel) {
  Func out = kernel.outputs.front();
  Anchor &anchor = kernel.anchors.front();
  int64_t vector = kernel.knob("vector"), panel = vector * kernel.knob("tile_c"), tile = kernel.knob("tile_w");
  int64_t tasks = kernel.knob("parallel");
  RankedTensorType type = resultType(kernel.kernel);
  int64_t channels = hvn::axisSize(type, "c");
  Extent width = kernel.extent(type, "w");
  bool exact = tailFor(width, tile) == Halide::TailStrategy::RoundUp;
  Var c("c"), w("w"), h("h"), n("n"), no("no"), ni("ni"), nv("nv"), xo("xo"), xi("xi");
  out.split(c, no, ni, int(panel), tailFor(channels, panel))
      .split(ni, nv, ni, int(vector))
      .split(w, xo, xi, int(tile), exact ? Halide::TailStrategy::RoundUp : Halide::TailStrategy::GuardWithIf)
      .reorder(ni, nv, xi, xo, no, h, n)
      .vectorize(ni)
      .unroll(nv)
      .unroll(xi);
  cutIntoTasks(out, h, kernel.extent(type, "h"), tasks);
  scheduleConvAccumulator(kernel, anchor, out, xo, panel, vector);
  computeWholeTiles(anchor.accumulator, w, width, tile);
}

const Family fovea::halide::convTransposedFamily = {
    {"conv_transposed",
     "a tile of output channels and of a row's pixels in registers, the taps that hit them innermost",
     {{"vector", 1, 16, "lanes of f32", true},
      {"tile_c", 1, 16, "vectors of output channels in a tile"},
      {"tile_w", 1, 16, "pixels of a row in a tile"},
      {"parallel", 1, 1024, "tasks"}}},
    [](kern::FuncOp kernel) {
      return opsOf<hvn::ConvTransposeOp>(kernel).size() == 1 && opsOf<hvn::MomentsOp>(kernel).empty();
    },
    choose,
    schedule};
