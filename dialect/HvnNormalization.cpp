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

SmallVector<Tensor> BatchNormOp::magnitude(ArrayRef<const Tensor *> operands) {
  Tensor result(getType());
  double eps = getEps().convertToDouble();
  int64_t next = 0;
  forEachIndex(result.type, operands, [&](ArrayRef<int64_t> at) {
    auto value = [&](int operand) { return operands[operand]->data[at[operand]]; };
    result.data[next++] = (value(0) + value(3)) / std::sqrt(value(4) + eps) * value(1) + value(2);
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

//===----------------------------------------------------------------------===//
// group_norm
//===----------------------------------------------------------------------===//

LogicalResult GroupNormOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                            SmallVectorImpl<Type> &results) {
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  Type weight = adaptor.getWeight().getType();
  if (getAxes(input).find("n") < 0 || getAxes(input).find("c") < 0 || input.getRank() < 3) // C1
    return emitOptionalError(location, "group_norm needs an input with the axes n and c and pixels; found ",
                             getAxes(input));
  if (!hasAxes(weight, {"c"}) || axisSize(weight, "c") != axisSize(input, "c")) // C2
    return emitOptionalError(location, "expected parameters of ", axisSize(input, "c"), " values on the axis c, found ",
                             spell(weight));
  int64_t groups = adaptor.getGroups();
  if (groups < 1 || axisSize(input, "c") % groups) // C3
    return emitOptionalError(location, "groups must divide ", axisSize(input, "c"), " channels, found ", groups);
  if (!(adaptor.getEps().convertToDouble() >= 0)) // C4
    return emitOptionalError(location, "eps must not be negative, found ", adaptor.getEps().convertToDouble());
  results.push_back(input);
  return success();
}

const LayerSignature &GroupNormOp::getSignature() {
  using A = LayerArgument;
  static const LayerSignature signature{{{"input", A::Tensor, "a tensor with the axes n, c and pixels"},
                                         {"groups", A::Integer, "parts of the channels", int64_t(1)},
                                         {"eps", A::Number, "added to the variance", 1e-5}},
                                        "normalization by the statistics of each image, as torch.nn.GroupNorm"};
  return signature;
}

LogicalResult GroupNormOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  int64_t channels = axisSize(call.inputs[0], "c", 0), groups = call.getInteger("groups");
  if (groups < 1 || channels % groups)
    return call.emitError("groups") << "groups must divide " << channels << " channels, found " << groups;
  for (StringRef name : {"weight", "bias"})
    layer.parameters.push_back({name.str(), {channels}, {"c"}});
  Builder builder(call.inputs[0].getContext());
  layer.attributes.set("groups", builder.getI64IntegerAttr(groups));
  layer.attributes.set("eps", builder.getF64FloatAttr(call.getNumber("eps")));
  return success();
}

/// The number of the channel of element `number` of `type`, counted in memory order.
static int64_t indexAlong(RankedTensorType type, StringRef axis, int64_t number) {
  for (int64_t size : type.getShape().drop_front(getAxes(type).find(axis) + 1))
    number /= size;
  return number % axisSize(type, axis);
}

/// The number, from 0 to images * groups - 1, of the part that each element of `input` belongs to.
static SmallVector<int64_t> partsOf(RankedTensorType input, int64_t groups) {
  SmallVector<int64_t> parts(input.getNumElements());
  int64_t perGroup = axisSize(input, "c") / groups;
  for (auto [number, part] : llvm::enumerate(parts))
    part = indexAlong(input, "n", number) * groups + indexAlong(input, "c", number) / perGroup;
  return parts;
}

SmallVector<Tensor> GroupNormOp::evaluate(ArrayRef<const Tensor *> operands) {
  const Tensor &input = *operands[0];
  SmallVector<int64_t> parts = partsOf(input.type, getGroups());
  int64_t count = input.size("n") * getGroups();
  double size = double(input.data.size()) / count;
  std::vector<double> mean(count, 0.0), variance(count, 0.0);
  for (auto [part, element] : llvm::zip_equal(parts, input.data))
    mean[part] += element / size;
  for (auto [part, element] : llvm::zip_equal(parts, input.data))
    variance[part] += (element - mean[part]) * (element - mean[part]) / size;
  Tensor result(getType());
  for (auto [number, part] : llvm::enumerate(parts)) {
    double normalized = (input.data[number] - mean[part]) / std::sqrt(variance[part] + getEps().convertToDouble());
    int64_t channel = indexAlong(input.type, "c", number);
    result.data[number] = normalized * operands[1]->data[channel] + operands[2]->data[channel];
  }
  return {std::move(result)};
}

/// The statistics' own rounding grows with how much larger the elements are than their deviation.
SmallVector<Tensor> GroupNormOp::magnitude(ArrayRef<const Tensor *> operands) {
  const Tensor &input = *operands[0];
  SmallVector<int64_t> parts = partsOf(input.type, getGroups());
  int64_t count = input.size("n") * getGroups();
  double size = double(input.data.size()) / count;
  std::vector<double> mean(count, 0.0), square(count, 0.0);
  for (auto [part, element] : llvm::zip_equal(parts, input.data)) {
    mean[part] += element / size;
    square[part] += element * element / size;
  }
  Tensor result(getType());
  for (auto [number, part] : llvm::enumerate(parts)) {
    double variance = square[part] - mean[part] * mean[part] + getEps().convertToDouble();
    int64_t channel = indexAlong(input.type, "c", number);
    double normalized = (input.data[number] + mean[part]) / std::sqrt(variance) * (1 + square[part] / variance);
    result.data[number] = normalized * operands[1]->data[channel] + operands[2]->data[channel];
  }
  return {std::move(result)};
}

double GroupNormOp::getFlops() { return 5.0 * getType().getNumElements(); }

namespace {
/// Statistics, their use, and arithmetic on parameters, which folds into the neighbouring layers.
struct GroupNormToMoments : OpRewritePattern<GroupNormOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(GroupNormOp op, PatternRewriter &rewriter) const override {
    StringRef rows;
    for (StringAttr axis : getAxes(op.getType()).getNames())
      if (axis != "n" && axis != "c" && rows.empty())
        rows = axis;
    Location loc = op.getLoc();
    Value moments = MomentsOp::create(rewriter, loc, op.getInput(), op.getGroups(), rows);
    Value normalized = NormalizeOp::create(rewriter, loc, op.getInput(), moments, Value(), op.getEps());
    Value scaled = MulOp::create(rewriter, loc, normalized, op.getWeight());
    rewriter.replaceOpWithNewOp<AddOp>(op, scaled, op.getBias());
    return success();
  }
};
} // namespace

void GroupNormOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<GroupNormToMoments>(context);
}

//===----------------------------------------------------------------------===//
// moments
//===----------------------------------------------------------------------===//

LogicalResult MomentsOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location, Adaptor adaptor,
                                          SmallVectorImpl<Type> &results) {
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  for (StringRef axis : {StringRef("n"), StringRef("c"), adaptor.getRows()}) // C1
    if (getAxes(input).find(axis) < 0)
      return emitOptionalError(location, "moments need an input with the axis ", axis, "; found ", getAxes(input));
  int64_t groups = adaptor.getGroups();
  if (groups < 1 || axisSize(input, "c") % groups) // C2
    return emitOptionalError(location, "groups must divide ", axisSize(input, "c"), " channels, found ", groups);
  results.push_back(axisTensorLike(input, {axisSize(input, "n"), groups, axisSize(input, adaptor.getRows()), 2},
                                   {"n", "g", "b", "s"}));
  return success();
}

SmallVector<Tensor> MomentsOp::evaluate(ArrayRef<const Tensor *> operands) {
  const Tensor &input = *operands[0];
  Tensor result(getType());
  SmallVector<int64_t> parts = partsOf(input.type, getGroups());
  int64_t rows = result.size("b");
  double size = double(input.data.size()) / (result.data.size() / 2);
  for (auto [number, part] : llvm::enumerate(parts))
    part = part * rows + indexAlong(input.type, getRows(), number);
  for (auto [part, element] : llvm::zip_equal(parts, input.data))
    result.data[2 * part] += element / size;
  for (auto [part, element] : llvm::zip_equal(parts, input.data)) {
    double distance = element - result.data[2 * part];
    result.data[2 * part + 1] += distance * distance / size;
  }
  return {std::move(result)};
}

double MomentsOp::getFlops() { return 3.0 * getInput().getType().getNumElements(); }

//===----------------------------------------------------------------------===//
// normalize
//===----------------------------------------------------------------------===//

LogicalResult NormalizeOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                            SmallVectorImpl<Type> &results) {
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  Type moments = adaptor.getMoments().getType();
  int64_t channels = axisSize(input, "c");
  if (getAxes(input).find("n") < 0 || getAxes(input).find("c") < 0) // C1
    return emitOptionalError(location, "normalize needs an input with the axes n and c; found ", getAxes(input));
  if (!hasAxes(moments, {"n", "g", "b", "s"}) || axisSize(moments, "n") != axisSize(input, "n") ||
      axisSize(moments, "s") != 2 || channels % axisSize(moments, "g")) // C2
    return emitOptionalError(location, "expected moments of ", axisSize(input, "n"), " images of ", channels,
                             " channels on the axes n, g, b, s; found ", spell(moments));
  if (Value sums = adaptor.getSums(); // C3
      sums &&
      (!hasAxes(sums.getType(), {"c"}) || axisSize(sums.getType(), "c") != channels || axisSize(moments, "g") != 1))
    return emitOptionalError(location, "expected sums of ", channels, " values on the axis c and one group, found ",
                             spell(sums.getType()), " and ", axisSize(moments, "g"), " groups");
  if (!(adaptor.getEps().convertToDouble() >= 0)) // C4
    return emitOptionalError(location, "eps must not be negative, found ", adaptor.getEps().convertToDouble());
  results.push_back(input);
  return success();
}

SmallVector<Tensor> NormalizeOp::evaluate(ArrayRef<const Tensor *> operands) {
  const Tensor &input = *operands[0], &moments = *operands[1];
  int64_t rows = moments.size("b"), groups = moments.size("g");
  int64_t count = moments.data.size() / 2 / rows;
  std::vector<double> mean(count, 0.0), variance(count, 0.0);
  for (int64_t at = 0; at < count * rows; ++at)
    mean[at / rows] += moments.data[2 * at] / rows;
  for (int64_t at = 0; at < count * rows; ++at) {
    double distance = moments.data[2 * at] - mean[at / rows];
    variance[at / rows] += (moments.data[2 * at + 1] + distance * distance) / rows;
  }
  Tensor result(getType());
  for (auto [number, part] : llvm::enumerate(partsOf(input.type, groups))) {
    double sum = getSums() ? operands[2]->data[indexAlong(input.type, "c", number)] : 1.0;
    result.data[number] =
        (input.data[number] - mean[part] * sum) / std::sqrt(variance[part] + getEps().convertToDouble());
  }
  return {std::move(result)};
}

double NormalizeOp::getFlops() { return 2.0 * getType().getNumElements(); }
