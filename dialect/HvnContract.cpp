// hvn.contract: shapes, meaning, `.net` calls.
#include "dialect/HvnOps.h"

using namespace mlir;
using namespace fovea::hvn;

/// Axes of `type` that are not in `over`, and that `other` has or, without `shared`, lacks.
static SmallVector<StringRef> otherAxes(Type type, Type other, AxesAttr over, bool shared) {
  SmallVector<StringRef> axes;
  for (StringAttr axis : getAxes(type).getNames())
    if (over.find(axis) < 0 && (getAxes(other).find(axis) >= 0) == shared)
      axes.push_back(axis);
  return axes;
}

SmallVector<StringRef> ContractOp::getBatch() {
  return otherAxes(getLhs().getType(), getRhs().getType(), getOver(), true);
}

SmallVector<StringRef> ContractOp::getOwn(unsigned number) {
  return otherAxes(getOperand(number).getType(), getOperand(1 - number).getType(), getOver(), false);
}

int64_t ContractOp::countTerms() {
  int64_t terms = 1;
  for (StringAttr axis : getOver().getNames())
    terms *= axisSize(getLhs().getType(), axis);
  return terms;
}

LogicalResult ContractOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                           SmallVectorImpl<Type> &results) {
  auto lhs = cast<RankedTensorType>(adaptor.getLhs().getType());
  auto rhs = cast<RankedTensorType>(adaptor.getRhs().getType());
  AxesAttr over = adaptor.getOver();
  if (over.getNames().empty()) // C1
    return emitOptionalError(location, "expected at least one axis to sum over");
  for (StringAttr axis : over.getNames())
    for (RankedTensorType type : {lhs, rhs})
      if (getAxes(type).find(axis) < 0)
        return emitOptionalError(location, "cannot sum over the axis ", axis.getValue(), ", which ", spell(type),
                                 " lacks");
  for (StringAttr axis : getAxes(lhs).getNames()) // C2
    if (int64_t size = axisSize(lhs, axis), other = axisSize(rhs, axis, size); size != other)
      return emitOptionalError(location, "both operands have the axis ", axis.getValue(),
                               ", which must have one size, found ", size, " and ", other);
  SmallVector<StringRef> axes = otherAxes(lhs, rhs, over, true);
  llvm::append_range(axes, otherAxes(lhs, rhs, over, false));
  SmallVector<int64_t> shape;
  for (StringRef axis : axes)
    shape.push_back(axisSize(lhs, axis));
  for (StringRef axis : otherAxes(rhs, lhs, over, false)) {
    axes.push_back(axis);
    shape.push_back(axisSize(rhs, axis));
  }
  results.push_back(axisTensorLike(lhs, shape, axes));
  return success();
}

const LayerSignature &ContractOp::getSignature() {
  using A = LayerArgument;
  static const LayerSignature signature{{{"lhs", A::Tensor, "any tensor"},
                                         {"rhs", A::Tensor, "any tensor; axes of both have the same sizes"},
                                         {"over", A::Axes, "the axes of both that are summed over, as [d]"}},
                                        "the sum of lhs * rhs over axes of both, as torch.einsum"};
  return signature;
}

LogicalResult ContractOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  SmallVector<StringRef> over(llvm::map_range(call.getAxes("over"), [](const std::string &s) { return StringRef(s); }));
  if (over.empty())
    return call.emitError("over") << "expected at least one axis to sum over";
  for (StringRef axis : over)
    for (StringRef name : {"lhs", "rhs"})
      if (getAxes(call.getTensor(name)).find(axis) < 0)
        return call.emitError("over") << "'" << name << "' has no axis '" << axis << "'; it has "
                                      << getAxes(call.getTensor(name));
  layer.attributes.set("over", AxesAttr::get(call.context, over));
  return success();
}

SmallVector<Tensor> ContractOp::evaluate(ArrayRef<const Tensor *> operands) {
  Tensor result(getType());
  SmallVector<int64_t> shape(getType().getShape());
  SmallVector<StringRef> axes;
  for (StringAttr axis : getAxes(getType()).getNames())
    axes.push_back(axis);
  for (StringAttr axis : getOver().getNames()) {
    axes.push_back(axis);
    shape.push_back(axisSize(getLhs().getType(), axis));
  }
  forEachIndex(axisTensorLike(getType(), shape, axes), {operands[0], operands[1], &result}, [&](ArrayRef<int64_t> at) {
    result.data[at[2]] += operands[0]->data[at[0]] * operands[1]->data[at[1]];
  });
  return {std::move(result)};
}

double ContractOp::getFlops() { return 2.0 * getType().getNumElements() * countTerms(); }
