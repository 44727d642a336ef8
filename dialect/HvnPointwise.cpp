// Elementwise layers: shapes, meaning, `.net` calls, folding.
#include "dialect/HvnOps.h"
#include <cmath>

using namespace mlir;
using namespace fovea::hvn;

//===----------------------------------------------------------------------===//
// One operand
//===----------------------------------------------------------------------===//

/// Applies `function` to every element.
static SmallVector<Tensor> mapElements(RankedTensorType type, const Tensor &input, double (*function)(double)) {
  Tensor result(type);
  llvm::transform(input.data, result.data.begin(), function);
  return {std::move(result)};
}

#define FOVEA_UNARY_OP(Op, HELP, ELEMENT)                                                                              \
  LogicalResult Op::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,                          \
                                     SmallVectorImpl<Type> &results) {                                                 \
    results.push_back(adaptor.getInput().getType());                                                                   \
    return success();                                                                                                  \
  }                                                                                                                    \
  const LayerSignature &Op::getSignature() {                                                                           \
    static const LayerSignature signature{{{"input", LayerArgument::Tensor, "any tensor"}}, HELP};                     \
    return signature;                                                                                                  \
  }                                                                                                                    \
  LogicalResult Op::resolve(const LayerCall &, ResolvedLayer &) { return success(); }                                  \
  SmallVector<Tensor> Op::evaluate(ArrayRef<const Tensor *> operands) {                                                \
    return mapElements(getType(), *operands[0], [](double x) -> double { return ELEMENT; });                           \
  }                                                                                                                    \
  double Op::getFlops() { return getType().getNumElements(); }

FOVEA_UNARY_OP(ReluOp, "max(x, 0)", x < 0 ? 0 : x)
FOVEA_UNARY_OP(GeluOp, "x/2 (1 + erf(x / sqrt 2)), the exact GELU",
               std::isinf(x) ? std::fmax(x, 0) : x / 2 * std::erfc(-x / std::sqrt(2.0)))
FOVEA_UNARY_OP(SigmoidOp, "1 / (1 + exp(-x))", 1 / (1 + std::exp(-x)))
FOVEA_UNARY_OP(RsqrtOp, "1 / sqrt(x)", 1 / std::sqrt(x))

// gelu is nowhere steeper than 1.13. Kernels approximate it to 5e-7, and to 9e-6 of x near zero.
SmallVector<Tensor> GeluOp::magnitude(ArrayRef<const Tensor *> operands) {
  return mapElements(getType(), *operands[0], [](double x) { return 1.13 * x + std::fmin(30 * x, 1.5); });
}

// sigmoid is nowhere steeper than 1/4.
SmallVector<Tensor> SigmoidOp::magnitude(ArrayRef<const Tensor *> operands) {
  return mapElements(getType(), *operands[0], [](double x) { return 0.5 + x / 4; });
}

OpFoldResult ReluOp::fold(FoldAdaptor) { return getInput().getDefiningOp<ReluOp>() ? getInput() : OpFoldResult(); }

//===----------------------------------------------------------------------===//
// Two operands
//===----------------------------------------------------------------------===//

/// Applies `function` to the elements of two tensors that stand at the same place.
static SmallVector<Tensor> zipElements(RankedTensorType type, ArrayRef<const Tensor *> operands,
                                       double (*function)(double, double)) {
  Tensor result(type);
  int64_t next = 0;
  forEachIndex(type, operands, [&](ArrayRef<int64_t> at) {
    result.data[next++] = function(operands[0]->data[at[0]], operands[1]->data[at[1]]);
  });
  return {std::move(result)};
}

/// Both operands constant: the op is `function` of them; else null.
static FloatAttr foldConstants(Attribute lhs, Attribute rhs, double (*function)(double, double)) {
  auto left = dyn_cast_or_null<FloatAttr>(lhs), right = dyn_cast_or_null<FloatAttr>(rhs);
  if (!left || !right)
    return {};
  return FloatAttr::get(left.getType(), function(left.getValueAsDouble(), right.getValueAsDouble()));
}

/// True when `attribute` is the constant `number`.
static bool isConstant(Attribute attribute, double number) {
  auto value = dyn_cast_or_null<FloatAttr>(attribute);
  return value && value.getValueAsDouble() == number;
}

#define FOVEA_BINARY_OP(Op, NAME, ELEMENT, NEUTRAL)                                                                    \
  LogicalResult Op::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,                 \
                                     SmallVectorImpl<Type> &results) {                                                 \
    auto lhs = cast<RankedTensorType>(adaptor.getLhs().getType());                                                     \
    auto rhs = cast<RankedTensorType>(adaptor.getRhs().getType());                                                     \
    RankedTensorType result = broadcast(lhs, rhs);                                                                     \
    if (!result)                                                                                                       \
      return emitOptionalError(location, "cannot " NAME " ", spell(lhs), " and ", spell(rhs),                          \
                               ": one operand must have all axes of the other, and sizes must agree or be 1");         \
    results.push_back(result);                                                                                         \
    return success();                                                                                                  \
  }                                                                                                                    \
  SmallVector<Tensor> Op::evaluate(ArrayRef<const Tensor *> operands) {                                                \
    return zipElements(getType(), operands, [](double lhs, double rhs) { return ELEMENT; });                           \
  }                                                                                                                    \
  double Op::getFlops() { return getType().getNumElements(); }                                                         \
  OpFoldResult Op::fold(FoldAdaptor adaptor) {                                                                         \
    if (isConstant(adaptor.getRhs(), NEUTRAL) && getLhs().getType() == getType())                                      \
      return getLhs();                                                                                                 \
    return foldConstants(adaptor.getLhs(), adaptor.getRhs(), [](double lhs, double rhs) { return ELEMENT; });          \
  }

FOVEA_BINARY_OP(AddOp, "add", lhs + rhs, 0.0)
FOVEA_BINARY_OP(SubOp, "subtract", lhs - rhs, 0.0)
FOVEA_BINARY_OP(MulOp, "multiply", lhs *rhs, 1.0)

SmallVector<Tensor> SubOp::magnitude(ArrayRef<const Tensor *> operands) {
  return zipElements(getType(), operands, [](double lhs, double rhs) { return lhs + rhs; });
}
