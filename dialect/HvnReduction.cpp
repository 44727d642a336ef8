// Reductions: shapes, meaning, `.net` calls.
#include "dialect/HvnOps.h"

using namespace mlir;
using namespace fovea::hvn;

static LogicalResult inferReduction(std::optional<Location> location, Type input, AxesAttr over, bool keepdim,
                                    SmallVectorImpl<Type> &results) {
  for (StringAttr axis : over.getNames()) // C1
    if (getAxes(input).find(axis) < 0)
      return emitOptionalError(location, "cannot reduce over the axis ", axis.getValue(), " of a tensor on ",
                               getAxes(input));
  results.push_back(withoutAxes(cast<RankedTensorType>(input), over, keepdim));
  return success();
}

static LogicalResult resolveReduction(const LayerCall &call, ResolvedLayer &layer) {
  SmallVector<StringRef> over(llvm::map_range(call.getAxes("over"), [](const std::string &s) { return StringRef(s); }));
  for (StringRef axis : over)
    if (getAxes(call.inputs[0]).find(axis) < 0)
      return call.emitError("over") << "the input has no axis '" << axis << "'; it has " << getAxes(call.inputs[0]);
  MLIRContext *context = call.inputs[0].getContext();
  layer.attributes.set("over", AxesAttr::get(context, over));
  layer.attributes.set("keepdim", BoolAttr::get(context, call.getBool("keepdim")));
  return success();
}

/// Number of input elements that go into one element of the result.
static double reducedCount(RankedTensorType input, RankedTensorType result) {
  return double(input.getNumElements()) / std::max<int64_t>(result.getNumElements(), 1);
}

#define FOVEA_REDUCTION_OP(Op, HELP, FACTOR)                                                                           \
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
  LogicalResult Op::resolve(const LayerCall &call, ResolvedLayer &layer) { return resolveReduction(call, layer); }     \
  SmallVector<Tensor> Op::evaluate(ArrayRef<const Tensor *> operands) {                                                \
    Tensor result(getType());                                                                                          \
    double factor = FACTOR;                                                                                            \
    int64_t next = 0;                                                                                                  \
    forEachIndex(operands[0]->type, {&result},                                                                         \
                 [&](ArrayRef<int64_t> at) { result.data[at[0]] += operands[0]->data[next++] * factor; });             \
    return {std::move(result)};                                                                                        \
  }                                                                                                                    \
  double Op::getFlops() { return getInput().getType().getNumElements(); }

FOVEA_REDUCTION_OP(MeanOp, "the mean over some axes", 1 / reducedCount(getInput().getType(), getType()))
FOVEA_REDUCTION_OP(SumOp, "the sum over some axes", 1.0)
