// Normalization of the elements that stand together on some axes: shapes, meaning, `.net` calls, lowering.
#include "dialect/Over.h"
#include <cmath>

using namespace mlir;
using namespace fovea::hvn;

static LogicalResult checkOverAndEps(std::optional<Location> location, Type input, AxesAttr over, const APFloat &eps) {
  if (failed(checkOver(location, input, over))) // C1
    return failure();
  if (!(eps.convertToDouble() >= 0)) // C2
    return emitOptionalError(location, "eps must not be negative, found ", eps.convertToDouble());
  return success();
}

static LogicalResult resolveOverAndEps(const LayerCall &call, ResolvedLayer &layer) {
  if (!(call.getNumber("eps") >= 0))
    return call.emitError("eps") << "eps must not be negative, found " << call.getNumber("eps");
  layer.attributes.set("eps", Builder(call.inputs[0].getContext()).getF64FloatAttr(call.getNumber("eps")));
  return resolveOver(call, layer);
}

/// The mean of what `term` makes of each element of `input` and of the element of `other` at its place, over the axes
/// `over`, which stay with size 1.
static Tensor meanOf(const Tensor &input, AxesAttr over, const Tensor &other,
                     llvm::function_ref<double(double, double)> term) {
  Tensor mean(withoutAxes(input.type, over, /*keep=*/true));
  double share = double(mean.data.size()) / input.data.size();
  auto next = input.data.begin();
  forEachIndex(input.type, {&mean, &other},
               [&](ArrayRef<int64_t> at) { mean.data[at[0]] += term(*next++, other.data[at[1]]) * share; });
  return mean;
}

static Tensor meanOf(const Tensor &input, AxesAttr over) {
  return meanOf(input, over, input, [](double x, double) { return x; });
}

static Tensor meanOfSquares(const Tensor &input, AxesAttr over) {
  return meanOf(input, over, input, [](double x, double) { return x * x; });
}

/// (x - mean) / sqrt(variance + eps), or the same without the mean.
static Tensor standardize(const Tensor &input, AxesAttr over, double eps, bool center) {
  Tensor mean(withoutAxes(input.type, over, /*keep=*/true));
  if (center)
    mean = meanOf(input, over);
  Tensor variance = meanOf(input, over, mean, [](double x, double average) { return (x - average) * (x - average); });
  Tensor result = input;
  auto next = result.data.begin();
  forEachIndex(input.type, {&mean, &variance}, [&](ArrayRef<int64_t> at) {
    *next = (*next - mean.data[at[0]]) / std::sqrt(variance.data[at[1]] + eps);
    ++next;
  });
  return result;
}

/// The statistics' own rounding grows with how much larger the elements are than their deviation.
static Tensor standardizeMagnitude(const Tensor &input, AxesAttr over, double eps, bool center) {
  Tensor mean = meanOf(input, over), square = meanOfSquares(input, over), result = input;
  auto next = result.data.begin();
  forEachIndex(input.type, {&mean}, [&](ArrayRef<int64_t> at) {
    double average = center ? mean.data[at[0]] : 0;
    double variance = square.data[at[0]] - average * average + eps;
    *next = (*next + average) / std::sqrt(variance) * (1 + square.data[at[0]] / variance);
    ++next;
  });
  return result;
}

//===----------------------------------------------------------------------===//
// standardize
//===----------------------------------------------------------------------===//

LogicalResult StandardizeOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                              SmallVectorImpl<Type> &results) {
  results.push_back(adaptor.getInput().getType());
  return checkOverAndEps(location, results.front(), adaptor.getOver(), adaptor.getEps());
}

SmallVector<Tensor> StandardizeOp::evaluate(ArrayRef<const Tensor *> operands) {
  return {standardize(*operands[0], getOver(), getEps().convertToDouble(), getCenter())};
}

SmallVector<Tensor> StandardizeOp::magnitude(ArrayRef<const Tensor *> operands) {
  return {standardizeMagnitude(*operands[0], getOver(), getEps().convertToDouble(), getCenter())};
}

double StandardizeOp::getFlops() { return 5.0 * getType().getNumElements(); }

//===----------------------------------------------------------------------===//
// layer_norm and rms_norm
//===----------------------------------------------------------------------===//

/// Checks what both have: at most `most` parameters, on the axes `over`.
static LogicalResult inferAffineNorm(std::optional<Location> location, RankedTensorType input, ValueRange parameters,
                                     AxesAttr over, const APFloat &eps, size_t most, SmallVectorImpl<Type> &results) {
  if (failed(checkOverAndEps(location, input, over, eps)))
    return failure();
  SmallVector<StringRef> axes(llvm::map_range(over.getNames(), [](StringAttr axis) { return axis.getValue(); }));
  auto sizes = llvm::map_to_vector(axes, [&](StringRef axis) { return axisSize(input, axis); });
  RankedTensorType expected = axisTensorLike(input, sizes, axes);
  if (parameters.size() > most) // C3
    return emitOptionalError(location, "expected at most ", most, " parameters, found ", parameters.size());
  for (Type type : parameters.getTypes()) // C3
    if (getAxes(type) != over || cast<RankedTensorType>(type).getShape() != ArrayRef<int64_t>(sizes))
      return emitOptionalError(location, "expected parameters ", spell(expected), ", found ", spell(type));
  results.push_back(input);
  return success();
}

/// The parameters `names` on the axes `over`.
static LogicalResult resolveAffineNorm(const LayerCall &call, ResolvedLayer &layer, ArrayRef<StringRef> names) {
  if (failed(resolveOverAndEps(call, layer)))
    return failure();
  for (StringRef name : names) {
    ResolvedLayer::Parameter parameter{name.str(), {}, {}};
    for (const std::string &axis : call.getAxes("over")) {
      parameter.shape.push_back(axisSize(call.inputs[0], axis));
      parameter.axes.push_back(axis);
    }
    layer.parameters.push_back(std::move(parameter));
  }
  return success();
}

/// `normalized` times the first of `parameters`, plus the second, as many as there are.
static SmallVector<Tensor> applyAffine(Tensor normalized, ArrayRef<const Tensor *> parameters) {
  for (auto [number, parameter] : llvm::enumerate(parameters)) {
    auto next = normalized.data.begin();
    forEachIndex(normalized.type, {parameter}, [&, number = number, parameter = parameter](ArrayRef<int64_t> at) {
      *next = number == 0 ? *next * parameter->data[at[0]] : *next + parameter->data[at[0]];
      ++next;
    });
  }
  return {std::move(normalized)};
}

/// `standardize`, and arithmetic by parameters, which folds into the neighbouring layers.
template <typename Op> static LogicalResult lowerToStandardize(Op op, PatternRewriter &rewriter) {
  Location loc = op.getLoc();
  Value result = StandardizeOp::create(rewriter, loc, op.getInput(), op.getOverAttr(), op.getEpsAttr(),
                                       rewriter.getBoolAttr(isa<LayerNormOp>(op)));
  if (!op.getParameters().empty())
    result = MulOp::create(rewriter, loc, result, op.getParameters()[0]);
  if (op.getParameters().size() > 1)
    result = AddOp::create(rewriter, loc, result, op.getParameters()[1]);
  rewriter.replaceOp(op, result);
  return success();
}

#define FOVEA_AFFINE_NORM_OP(Op, CENTER, PARAMETERS)                                                                   \
  LogicalResult Op::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,                 \
                                     SmallVectorImpl<Type> &results) {                                                 \
    return inferAffineNorm(location, cast<RankedTensorType>(adaptor.getInput().getType()), adaptor.getParameters(),    \
                           adaptor.getOver(), adaptor.getEps(), PARAMETERS, results);                                  \
  }                                                                                                                    \
  SmallVector<Tensor> Op::evaluate(ArrayRef<const Tensor *> operands) {                                                \
    return applyAffine(standardize(*operands[0], getOver(), getEps().convertToDouble(), CENTER),                       \
                       operands.drop_front());                                                                         \
  }                                                                                                                    \
  SmallVector<Tensor> Op::magnitude(ArrayRef<const Tensor *> operands) {                                               \
    return applyAffine(standardizeMagnitude(*operands[0], getOver(), getEps().convertToDouble(), CENTER),              \
                       operands.drop_front());                                                                         \
  }                                                                                                                    \
  double Op::getFlops() { return (5.0 + getParameters().size()) * getType().getNumElements(); }                        \
  void Op::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {                                   \
    patterns.add(lowerToStandardize<Op>);                                                                              \
  }

FOVEA_AFFINE_NORM_OP(LayerNormOp, true, 2)
FOVEA_AFFINE_NORM_OP(RmsNormOp, false, 1)

const LayerSignature &LayerNormOp::getSignature() {
  using A = LayerArgument;
  static const LayerSignature signature{
      {{"input", A::Tensor, "any tensor"},
       {"over", A::Axes, "the axes normalized together", SmallVector<std::string>{"c"}},
       {"eps", A::Number, "added to the variance", 1e-5},
       {"affine", A::Bool, "whether there are weight and bias", true},
       {"bias", A::Bool, "whether there is a bias, if affine", true}},
      "normalization by mean and variance over some axes, as torch.nn.LayerNorm"};
  return signature;
}

LogicalResult LayerNormOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  static constexpr StringRef names[] = {"weight", "bias"};
  size_t count = !call.getBool("affine") ? 0 : call.getBool("bias") ? 2 : 1;
  return resolveAffineNorm(call, layer, ArrayRef(names).take_front(count));
}

const LayerSignature &RmsNormOp::getSignature() {
  using A = LayerArgument;
  static const LayerSignature signature{
      {{"input", A::Tensor, "any tensor"},
       {"over", A::Axes, "the axes normalized together", SmallVector<std::string>{"c"}},
       {"eps", A::Number, "added to the mean of squares", 1e-6},
       {"affine", A::Bool, "whether there is a weight", true}},
      "normalization by the mean of squares over some axes, as torch.nn.RMSNorm"};
  return signature;
}

LogicalResult RmsNormOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  static constexpr StringRef names[] = {"weight"};
  return resolveAffineNorm(call, layer, ArrayRef(names).take_front(call.getBool("affine")));
}

//===----------------------------------------------------------------------===//
// l2_normalize
//===----------------------------------------------------------------------===//

LogicalResult L2NormalizeOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                              SmallVectorImpl<Type> &results) {
  results.push_back(adaptor.getInput().getType());
  return checkOverAndEps(location, results.front(), adaptor.getOver(), adaptor.getEps());
}

const LayerSignature &L2NormalizeOp::getSignature() {
  using A = LayerArgument;
  static const LayerSignature signature{{{"input", A::Tensor, "any tensor"},
                                         {"over", A::Axes, "the axes of a vector", SmallVector<std::string>{"c"}},
                                         {"eps", A::Number, "the least length divided by", 1e-12}},
                                        "x divided by its length over some axes, as torch.nn.functional.normalize"};
  return signature;
}

LogicalResult L2NormalizeOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  return resolveOverAndEps(call, layer);
}

SmallVector<Tensor> L2NormalizeOp::evaluate(ArrayRef<const Tensor *> operands) {
  Tensor square = meanOfSquares(*operands[0], getOver()), result = *operands[0];
  double eps = getEps().convertToDouble(), count = double(result.data.size()) / square.data.size();
  auto next = result.data.begin();
  forEachIndex(result.type, {&square}, [&](ArrayRef<int64_t> at) {
    double length = std::sqrt(square.data[at[0]] * count);
    *next++ /= length < eps ? eps : length;
  });
  return {std::move(result)};
}

/// Each error counts for its own element, and for the length.
SmallVector<Tensor> L2NormalizeOp::magnitude(ArrayRef<const Tensor *> operands) {
  SmallVector<Tensor> results = evaluate(operands);
  for (double &element : results.front().data)
    element *= 2;
  return results;
}

double L2NormalizeOp::getFlops() { return 3.0 * getType().getNumElements(); }
