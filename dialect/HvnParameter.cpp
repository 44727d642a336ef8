// Values known at compile time.
#include "dialect/HvnOps.h"

using namespace mlir;
using namespace fovea::hvn;

//===----------------------------------------------------------------------===//
// param
//===----------------------------------------------------------------------===//

/// Checks that each axis has one positive size.
static LogicalResult checkSizes(const LayerCall &call, const AxisValues &axes) {
  for (const auto &[axis, sizes] : axes)
    if (sizes.size() != 1 || sizes.front() < 1)
      return call.emitError(axis) << "expected one positive size for the axis '" << axis << "'";
  return success();
}

const LayerSignature &ParamOp::getSignature() {
  static const LayerSignature signature{
      {{"axes", LayerArgument::AxisValues, "the axes with their sizes, in the order of the checkpoint: c=48"}},
      "a tensor of the checkpoint, under the call's scope"};
  return signature;
}

LogicalResult ParamOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  const AxisValues &axes = call.getAxisValues("axes");
  ResolvedLayer::Parameter parameter;
  for (const auto &[axis, sizes] : axes) {
    parameter.axes.push_back(axis);
    parameter.shape.push_back(sizes.front());
  }
  layer.parameters.push_back(std::move(parameter));
  layer.isParameter = true;
  return checkSizes(call, axes);
}

//===----------------------------------------------------------------------===//
// iota
//===----------------------------------------------------------------------===//

LogicalResult IotaOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location, Adaptor adaptor,
                                       SmallVectorImpl<Type> &results) {
  ArrayRef<int64_t> sizes = adaptor.getSizes();
  ArrayRef<StringAttr> axes = adaptor.getAxes().getNames();
  if (sizes.size() != axes.size() || llvm::any_of(sizes, [](int64_t size) { return size < 1; })) // C1
    return emitOptionalError(location, "expected a positive size for each of the axes ", adaptor.getAxes());
  if (adaptor.getAxes().find(adaptor.getAlong()) < 0) // C2
    return emitOptionalError(location, "no axis ", adaptor.getAlong(), " among ", adaptor.getAxes());
  results.push_back(axisTensor(context, sizes, llvm::to_vector_of<StringRef>(axes)));
  return success();
}

const LayerSignature &IotaOp::getSignature() {
  using A = LayerArgument;
  static const LayerSignature signature{{{"along", A::Axis, "the axis whose index the elements are"},
                                         {"axes", A::AxisValues, "all axes with their sizes: h=7, w=7"}},
                                        "a constant: each element's index along one axis"};
  return signature;
}

LogicalResult IotaOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  const AxisValues &axes = call.getAxisValues("axes");
  StringRef along = call.getAxes("along").front();
  if (failed(checkSizes(call, axes)))
    return failure();
  if (llvm::none_of(axes, [&](const auto &entry) { return entry.first == along; }))
    return call.emitError("along") << "the axis '" << along << "' has no size: expected iota(" << along << ", " << along
                                   << "=7) with all axes of the result";
  SmallVector<StringRef> names;
  SmallVector<int64_t> shape;
  for (const auto &[axis, sizes] : axes) {
    names.push_back(axis);
    shape.push_back(sizes.front());
  }
  layer.attributes.set("along", StringAttr::get(call.context, along));
  layer.attributes.set("axes", AxesAttr::get(call.context, names));
  layer.attributes.set("sizes", DenseI64ArrayAttr::get(call.context, shape));
  return success();
}

SmallVector<Tensor> IotaOp::evaluate(ArrayRef<const Tensor *>) {
  Tensor result(getType());
  int64_t stride = std::max<int64_t>(result.stride(getAlong()), 1), size = result.size(getAlong());
  for (auto [number, element] : llvm::enumerate(result.data))
    element = double(int64_t(number) / stride % size);
  return {std::move(result)};
}

//===----------------------------------------------------------------------===//
// constant
//===----------------------------------------------------------------------===//

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
