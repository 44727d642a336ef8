// Normalization layers: shapes, meaning, `.net` calls, folding.
#include "dialect/HvnOps.h"
#include <cmath>

using namespace mlir;
using namespace fovea::hvn;

LogicalResult BatchNormOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                            SmallVectorImpl<Type> &results) {
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  Type weight = adaptor.getWeight().getType();
  if (getAxes(input).find("c") < 0) // C1
    return emitOptionalError(location, "batch_norm needs an input with an axis c; found ", getAxes(input));
  if (!hasAxes(weight, {"c"}) || axisSize(weight, "c") != axisSize(input, "c")) // C2
    return emitOptionalError(location, "expected parameters of ", axisSize(input, "c"), " values on the axis c, found ",
                             spell(weight));
  if (!(adaptor.getEps().convertToDouble() >= 0)) // C3
    return emitOptionalError(location, "eps must not be negative, found ", adaptor.getEps().convertToDouble());
  results.push_back(input);
  return success();
}

const LayerSignature &BatchNormOp::getSignature() {
  using A = LayerArgument;
  static const LayerSignature signature{
      {{"input", A::Tensor, "a tensor with an axis c"}, {"eps", A::Number, "added to the variance", 1e-5}},
      "batch normalization with stored statistics, as torch.nn.BatchNorm2d in evaluation"};
  return signature;
}

LogicalResult BatchNormOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  int64_t channels = axisSize(call.inputs[0], "c", 0);
  for (StringRef name : {"weight", "bias", "running_mean", "running_var"})
    layer.parameters.push_back({name.str(), {channels}, {"c"}});
  layer.attributes.set("eps", Builder(call.inputs[0].getContext()).getF64FloatAttr(call.getNumber("eps")));
  return success();
}

SmallVector<Tensor> BatchNormOp::evaluate(ArrayRef<const Tensor *> operands) {
  Tensor result(getType());
  double eps = getEps().convertToDouble();
  int64_t next = 0;
  forEachIndex(result.type, operands, [&](ArrayRef<int64_t> at) {
    auto value = [&](int operand) { return operands[operand]->data[at[operand]]; };
    double normalized = (value(0) - value(3)) / std::sqrt(value(4) + eps);
    result.data[next++] = normalized * value(1) + value(2);
  });
  return {std::move(result)};
}

double BatchNormOp::getFlops() { return 2.0 * getType().getNumElements(); }

namespace {
/// x -> x * scale + shift with scale = weight / sqrt(var + eps) and shift = bias - mean * scale: arithmetic on
/// parameters, which folds into the neighbouring layers.
struct BatchNormToScaleAndShift : OpRewritePattern<BatchNormOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(BatchNormOp op, PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Value eps = ConstantOp::create(rewriter, loc, axisTensor(getContext(), {}, {}), op.getEpsAttr());
    Value deviation = RsqrtOp::create(rewriter, loc, AddOp::create(rewriter, loc, op.getVar(), eps));
    Value scale = MulOp::create(rewriter, loc, op.getWeight(), deviation);
    Value shift = SubOp::create(rewriter, loc, op.getBias(), MulOp::create(rewriter, loc, op.getMean(), scale));
    Value scaled = MulOp::create(rewriter, loc, op.getInput(), scale);
    rewriter.replaceOpWithNewOp<AddOp>(op, scaled, shift);
    return success();
  }
};
} // namespace

void BatchNormOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<BatchNormToScaleAndShift>(context);
}
