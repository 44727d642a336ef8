// Reductions and softmax: shapes, meaning, `.net` calls.
#include "dialect/Over.h"
#include <cmath>

using namespace mlir;
using namespace fovea::hvn;

LogicalResult fovea::hvn::checkOver(std::optional<Location> location, Type input, AxesAttr over) {
  if (over.getNames().empty())
    return emitOptionalError(location, "over must name at least one axis");
  for (StringAttr axis : over.getNames())
    if (getAxes(input).find(axis) < 0)
      return emitOptionalError(location, "there is no axis ", axis.getValue(), " in a tensor on ", getAxes(input));
  return success();
}

LogicalResult fovea::hvn::resolveOver(const LayerCall &call, ResolvedLayer &layer) {
  SmallVector<StringRef> over(llvm::map_range(call.getAxes("over"), [](const std::string &s) { return StringRef(s); }));
  if (over.empty())
    return call.emitError("over") << "expected at least one axis; the input has " << getAxes(call.inputs[0]);
  for (StringRef axis : over)
    if (getAxes(call.inputs[0]).find(axis) < 0)
      return call.emitError("over") << "the input has no axis '" << axis << "'; it has " << getAxes(call.inputs[0]);
  layer.attributes.set("over", AxesAttr::get(call.inputs[0].getContext(), over));
  return success();
}

//===----------------------------------------------------------------------===//
// mean, sum, amax
//===----------------------------------------------------------------------===//

static LogicalResult inferReduction(std::optional<Location> location, Type input, AxesAttr over, bool keepdim,
                                    SmallVectorImpl<Type> &results) {
  for (StringAttr axis : over.getNames()) // C1
    if (getAxes(input).find(axis) < 0)
      return emitOptionalError(location, "cannot reduce over the axis ", axis.getValue(), " of a tensor on ",
                               getAxes(input));
  results.push_back(withoutAxes(cast<RankedTensorType>(input), over, keepdim));
  return success();
}

/// Number of input elements that go into one element of the result.
static double reducedCount(RankedTensorType input, RankedTensorType result) {
  return double(input.getNumElements()) / std::max<int64_t>(result.getNumElements(), 1);
}

/// Combines the elements of `input` that have the same place in a tensor of the type `type`, from `initial` on.
static SmallVector<Tensor> reduce(RankedTensorType type, const Tensor &input, double initial,
                                  llvm::function_ref<double(double, double)> combine) {
  Tensor result(type);
  llvm::fill(result.data, initial);
  int64_t next = 0;
  forEachIndex(input.type, {&result},
               [&](ArrayRef<int64_t> at) { result.data[at[0]] = combine(result.data[at[0]], input.data[next++]); });
  return {std::move(result)};
}

#define FOVEA_REDUCTION_OP(Op, HELP, INITIAL, COMBINED)                                                                \
  LogicalResult Op::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,                 \
                                     SmallVectorImpl<Type> &results) {                                                 \
    return inferReduction(location, adaptor.getInput().getType(), adaptor.getOver(), adaptor.getKeepdim(), results);   \
  }                                                                                                                    \
  const LayerSignature &Op::getSignature() {                                                                           \
    using A = LayerArgument;                                                                                           \
    static const LayerSignature signature{{{"input", A::Tensor, "any tensor"},                                         \
                                           {"over", A::Axes, "the axes that go, as [h, w]"},                           \
                                           {"keepdim", A::Bool, "keep them with size 1", false}},                      \
                                          HELP};                                                                       \
    return signature;                                                                                                  \
  }                                                                                                                    \
  LogicalResult Op::resolve(const LayerCall &call, ResolvedLayer &layer) {                                             \
    layer.attributes.set("keepdim", BoolAttr::get(call.inputs[0].getContext(), call.getBool("keepdim")));              \
    return resolveOver(call, layer);                                                                                   \
  }                                                                                                                    \
  SmallVector<Tensor> Op::evaluate(ArrayRef<const Tensor *> operands) {                                                \
    [[maybe_unused]] double factor = 1 / reducedCount(getInput().getType(), getType());                                \
    return reduce(getType(), *operands[0], INITIAL, [&](double whole, double x) { return COMBINED; });                 \
  }                                                                                                                    \
  double Op::getFlops() { return getInput().getType().getNumElements(); }

FOVEA_REDUCTION_OP(MeanOp, "the mean over some axes", 0, whole + x * factor)
FOVEA_REDUCTION_OP(SumOp, "the sum over some axes", 0, whole + x)
FOVEA_REDUCTION_OP(AmaxOp, "the largest element over some axes", -INFINITY, std::isnan(x) || x > whole ? x : whole)

// Any of the elements may be the largest.
SmallVector<Tensor> AmaxOp::magnitude(ArrayRef<const Tensor *> operands) {
  return reduce(getType(), *operands[0], 0, [](double whole, double x) { return whole + x; });
}

//===----------------------------------------------------------------------===//
// softmax
//===----------------------------------------------------------------------===//

LogicalResult SoftmaxOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                          SmallVectorImpl<Type> &results) {
  results.push_back(adaptor.getInput().getType());
  return checkOver(location, adaptor.getInput().getType(), adaptor.getOver()); // C1
}

const LayerSignature &SoftmaxOp::getSignature() {
  using A = LayerArgument;
  static const LayerSignature signature{
      {{"input", A::Tensor, "any tensor"}, {"over", A::Axes, "the axes over which the results sum to 1, as [k]"}},
      "exp(x) divided by its sum over some axes, as torch.softmax"};
  return signature;
}

LogicalResult SoftmaxOp::resolve(const LayerCall &call, ResolvedLayer &layer) { return resolveOver(call, layer); }

SmallVector<Tensor> SoftmaxOp::evaluate(ArrayRef<const Tensor *> operands) {
  RankedTensorType kept = withoutAxes(getType(), getOver(), /*keep=*/true);
  Tensor largest = reduce(kept, *operands[0], -INFINITY, [](double a, double b) { return std::fmax(a, b); }).front();
  Tensor sum(kept), result = *operands[0];
  auto next = result.data.begin();
  forEachIndex(getType(), {&sum}, [&](ArrayRef<int64_t> at) {
    *next = std::exp(*next - largest.data[at[0]]);
    sum.data[at[0]] += *next++;
  });
  next = result.data.begin();
  forEachIndex(getType(), {&sum}, [&](ArrayRef<int64_t> at) { *next++ /= sum.data[at[0]]; });
  return {std::move(result)};
}

/// A result y depends on its own x by y (1 - y), on another's by their product: at most 1/4 each. Those of the others
/// sum up.
SmallVector<Tensor> SoftmaxOp::magnitude(ArrayRef<const Tensor *> operands) {
  RankedTensorType kept = withoutAxes(getType(), getOver(), /*keep=*/true);
  Tensor sum = reduce(kept, *operands[0], 0, [](double whole, double x) { return whole + x; }).front();
  Tensor result(getType());
  auto next = result.data.begin();
  forEachIndex(getType(), {&sum}, [&](ArrayRef<int64_t> at) { *next++ = 1 + sum.data[at[0]] / 4; });
  return {std::move(result)};
}

double SoftmaxOp::getFlops() { return 4.0 * getType().getNumElements(); }
