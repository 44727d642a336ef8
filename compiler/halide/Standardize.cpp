// hvn.standardize, hvn.l2_normalize and hvn.softmax; their kernels have the strategy `over_axes`.
#include "compiler/halide/Family.h"
#include "compiler/halide/NnMath.h"
#include "compiler/halide/OverAxes.h"

using namespace mlir;
using namespace fovea;
using namespace fovea::halide;
using Halide::Expr, Halide::Func;

/// The mean, then the mean of squared distances from it, then the elements.
static void emitStandardize(KernelBuilder &kernel, hvn::StandardizeOp op) {
  OverAxes over(kernel, op);
  auto element = [&](const Index &at) { return kernel.load(op.getInput(), at); };
  float share = 1.0f / over.count();
  Expr mean;
  if (op.getCenter())
    mean = over.reduce("mean", OverAxes::Sum, element, share);
  auto distance = [&](const Index &at) { return op.getCenter() ? nnDifference(element(at), mean) : element(at); };
  auto square = [&](const Index &at) { return distance(at) * distance(at); };
  Expr variance = over.reduce("variance", OverAxes::Sum, square, share);
  Expr scale = over.oncePerPlace("scale", nnRsqrt(variance + float(op.getEps().convertToDouble())));
  kernel.define(op.getResult(), nnProduct(distance(KernelBuilder::indexOf(op.getResult())), scale));
}

static void emitL2Normalize(KernelBuilder &kernel, hvn::L2NormalizeOp op) {
  OverAxes over(kernel, op);
  Expr squares = over.reduce("squares", OverAxes::Sum, [&](const Index &at) {
    Expr x = kernel.load(op.getInput(), at);
    return x * x;
  });
  Expr length = nnMax(Halide::sqrt(squares), float(op.getEps().convertToDouble()));
  Expr scale = over.oncePerPlace("scale", nnInverse(length));
  kernel.define(op.getResult(), nnProduct(kernel.load(op.getInput(), KernelBuilder::indexOf(op.getResult())), scale));
}

/// The largest element, then the powers and their sum, then the quotients.
static void emitSoftmax(KernelBuilder &kernel, hvn::SoftmaxOp op) {
  OverAxes over(kernel, op);
  Index index = KernelBuilder::indexOf(op.getResult());
  auto element = [&](const Index &at) { return kernel.load(op.getInput(), at); };
  Expr largest = over.reduce("largest", OverAxes::Largest, element);
  constexpr float log2e = 1.44269504f;
  Func power = over.oncePerElement("power", nnSoftmaxExp2(nnDifference(element(index), largest) * log2e));
  Expr sum = over.reduce("sum", OverAxes::Sum, [&](const Index &at) { return OverAxes::load(power, at); });
  Expr scale = over.oncePerPlace("scale", nnInverse(sum));
  kernel.define(op.getResult(), OverAxes::load(power, index) * scale);
}

namespace {
template <typename Op, void (*function)(KernelBuilder &, Op)>
struct Emitter : EmitterInterface::ExternalModel<Emitter<Op, function>, Op> {
  void emit(Operation *op, KernelBuilder &kernel) const { function(kernel, cast<Op>(op)); }
};
} // namespace

void fovea::halide::attachStandardizeEmitters(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, hvn::HvnDialect *) {
    hvn::StandardizeOp::attachInterface<Emitter<hvn::StandardizeOp, emitStandardize>>(*context);
    hvn::L2NormalizeOp::attachInterface<Emitter<hvn::L2NormalizeOp, emitL2Normalize>>(*context);
    hvn::SoftmaxOp::attachInterface<Emitter<hvn::SoftmaxOp, emitSoftmax>>(*context);
  });
}
