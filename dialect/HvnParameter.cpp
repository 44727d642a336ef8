// Values known at compile time.
#include "dialect/HvnOps.h"

using namespace mlir;
using namespace fovea::hvn;

LogicalResult ConstantOp::inferReturnTypes(MLIRContext *context, std::optional<Location>, Adaptor,
                                           SmallVectorImpl<Type> &results) {
  results.push_back(axisTensor(context, {}, {}));
  return success();
}

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValueAttr(); }

SmallVector<Tensor> ConstantOp::evaluate(ArrayRef<const Tensor *>) {
  Tensor result(getType());
  result.data[0] = getValue().convertToDouble();
  return {std::move(result)};
}

Operation *HvnDialect::materializeConstant(OpBuilder &builder, Attribute value, Type type, Location loc) {
  if (auto number = dyn_cast<FloatAttr>(value); number && hasAxes(type, {}))
    return ConstantOp::create(builder, loc, type, number);
  return nullptr;
}
