// Elementwise layers: shapes, meaning, `.net` calls, folding.
#include "dialect/HvnOps.h"
#include <cmath>

using namespace mlir;
using namespace fovea::hvn;

//===----------------------------------------------------------------------===//
// One operand
//===----------------------------------------------------------------------===//

/// Applies `function` to every element.
static SmallVector<Tensor> mapElements(RankedTensorType type, const Tensor &input,
                                       llvm::function_ref<double(double)> function) {
  Tensor result(type);
  llvm::transform(input.data, result.data.begin(), function);
  return {std::move(result)};
}

static double valueOf(FloatAttr number) { return number.getValueAsDouble(); }

/// The attributes `names` from the arguments of the same names.
static LogicalResult resolveNumbers(const LayerCall &call, ResolvedLayer &layer, ArrayRef<StringRef> names) {
  for (StringRef name : names)
    layer.attributes.set(name, Builder(call.inputs[0].getContext()).getF64FloatAttr(call.getNumber(name)));
  return success();
}

#define FOVEA_UNARY_OP(Op, ELEMENT)                                                                                    \
  LogicalResult Op::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,                          \
                                     SmallVectorImpl<Type> &results) {                                                 \
    results.push_back(adaptor.getInput().getType());                                                                   \
    return success();                                                                                                  \
  }                                                                                                                    \
  SmallVector<Tensor> Op::evaluate(ArrayRef<const Tensor *> operands) {                                                \
    return mapElements(getType(), *operands[0], [&](double x) -> double { return ELEMENT; });                          \
  }                                                                                                                    \
  double Op::getFlops() { return getType().getNumElements(); }

#define FOVEA_UNARY_LAYER(Op, HELP, ELEMENT)                                                                           \
  FOVEA_UNARY_OP(Op, ELEMENT)                                                                                          \
  const LayerSignature &Op::getSignature() {                                                                           \
    static const LayerSignature signature{{{"input", LayerArgument::Tensor, "any tensor"}}, HELP};                     \
    return signature;                                                                                                  \
  }                                                                                                                    \
  LogicalResult Op::resolve(const LayerCall &, ResolvedLayer &) { return success(); }

/// One with a number beside its operand.
#define FOVEA_UNARY_LAYER_BY(Op, NUMBER, FALLBACK, NUMBER_HELP, HELP, ELEMENT)                                         \
  FOVEA_UNARY_OP(Op, ELEMENT)                                                                                          \
  const LayerSignature &Op::getSignature() {                                                                           \
    using A = LayerArgument;                                                                                           \
    static const LayerSignature signature{                                                                             \
        {{"input", A::Tensor, "any tensor"}, {NUMBER, A::Number, NUMBER_HELP, FALLBACK}}, HELP};                       \
    return signature;                                                                                                  \
  }

/// What an error of the argument comes to, and what the kernel's own error is measured by, as a function of |x|.
#define FOVEA_MAGNITUDE(Op, ELEMENT)                                                                                   \
  SmallVector<Tensor> Op::magnitude(ArrayRef<const Tensor *> operands) {                                               \
    return mapElements(getType(), *operands[0], [&](double x) -> double { return ELEMENT; });                          \
  }

/// x f(x) for a function f that tends to zero faster than 1 / x at minus infinity.
static double gated(double x, double factor) { return x == -INFINITY ? 0 : x * factor; }
static double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
/// log(1 + exp(x))
static double softplus(double x) { return (x < 0 ? 0 : x) + std::log1p(std::exp(-std::abs(x))); }
/// min(max(x, 0), 6); NaN stays NaN.
static double relu6(double x) { return x < 0 ? 0 : x > 6 ? 6 : x; }

FOVEA_UNARY_LAYER(ReluOp, "max(x, 0)", x < 0 ? 0 : x)
FOVEA_UNARY_LAYER(GeluOp, "x/2 (1 + erf(x / sqrt 2)), the exact GELU",
                  std::isinf(x) ? std::fmax(x, 0) : x / 2 * std::erfc(-x / std::sqrt(2.0)))
FOVEA_UNARY_LAYER(GeluTanhOp, "x/2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))), GELU's tanh approximation",
                  gated(x, sigmoid(2 * std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x))))
FOVEA_UNARY_LAYER(QuickGeluOp, "x / (1 + exp(-1.702 x)), GELU's sigmoid approximation", gated(x, sigmoid(1.702 * x)))
FOVEA_UNARY_LAYER(SiluOp, "x / (1 + exp(-x)), also called Swish", gated(x, sigmoid(x)))
FOVEA_UNARY_LAYER(MishOp, "x tanh(log(1 + exp(x)))", gated(x, std::tanh(softplus(x))))
FOVEA_UNARY_LAYER(SoftplusOp, "log(1 + exp(x))", softplus(x))
FOVEA_UNARY_LAYER(SigmoidOp, "1 / (1 + exp(-x))", sigmoid(x))
FOVEA_UNARY_LAYER(HardSigmoidOp, "relu6(x + 3) / 6", relu6(x + 3) / 6)
FOVEA_UNARY_LAYER(HardSwishOp, "x relu6(x + 3) / 6", gated(x, relu6(x + 3) / 6))
FOVEA_UNARY_LAYER(Relu6Op, "min(max(x, 0), 6)", relu6(x))
FOVEA_UNARY_LAYER(SeluOp, "the self-normalizing exponential linear unit, as torch.nn.SELU",
                  1.0507009873554804934193349852946 * (x < 0 ? 1.6732632423543772848170429916717 * std::expm1(x) : x))
FOVEA_UNARY_LAYER(TanhOp, "the hyperbolic tangent", std::tanh(x))
FOVEA_UNARY_LAYER(ErfOp, "the error function", std::erf(x))
FOVEA_UNARY_LAYER(ExpOp, "e^x", std::exp(x))
FOVEA_UNARY_LAYER(LogOp, "the natural logarithm", std::log(x))
FOVEA_UNARY_LAYER(SqrtOp, "the square root", std::sqrt(x))
FOVEA_UNARY_LAYER(AbsOp, "|x|", std::abs(x))
FOVEA_UNARY_LAYER(RsqrtOp, "1 / sqrt(x)", 1 / std::sqrt(x))

// gelu is nowhere steeper than 1.13. Kernels approximate it to 5e-7, and to 9e-6 of x near zero.
FOVEA_MAGNITUDE(GeluOp, 1.13 * x + std::fmin(30 * x, 1.5))
FOVEA_MAGNITUDE(GeluTanhOp, 1.13 * x)
FOVEA_MAGNITUDE(QuickGeluOp, 1.1 * x)
FOVEA_MAGNITUDE(SiluOp, 1.1 * x)
FOVEA_MAGNITUDE(MishOp, 1.1 * x)
FOVEA_MAGNITUDE(SoftplusOp, 0.7 + x)
FOVEA_MAGNITUDE(SigmoidOp, 0.5 + x / 4)
FOVEA_MAGNITUDE(HardSigmoidOp, 0.5 + x / 6)
FOVEA_MAGNITUDE(HardSwishOp, 1.5 * x)
FOVEA_MAGNITUDE(Relu6Op, x)
FOVEA_MAGNITUDE(SeluOp, 1.76 * x)
FOVEA_MAGNITUDE(TanhOp, x)
FOVEA_MAGNITUDE(ErfOp, 1.13 * x)
FOVEA_MAGNITUDE(LogOp, 1 + std::abs(std::log(x)))

OpFoldResult ReluOp::fold(FoldAdaptor) { return getInput().getDefiningOp<ReluOp>() ? getInput() : OpFoldResult(); }

//===----------------------------------------------------------------------===//
// One operand and numbers
//===----------------------------------------------------------------------===//

/// Fails unless the attribute called `name` is a finite number.
static LogicalResult checkFinite(Operation *op, StringRef name, FloatAttr number) {
  if (std::isfinite(valueOf(number)))
    return success();
  return op->emitOpError(name) << " must be finite, found " << valueOf(number);
}

FOVEA_UNARY_LAYER_BY(LeakyReluOp, "slope", 0.01, "factor of negative x", "x, for negative x times slope",
                     x < 0 ? x * valueOf(getSlopeAttr()) : x)
FOVEA_MAGNITUDE(LeakyReluOp, x *std::fmax(1, std::abs(valueOf(getSlopeAttr()))))
LogicalResult LeakyReluOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  return resolveNumbers(call, layer, {"slope"});
}
LogicalResult LeakyReluOp::verify() { return checkFinite(*this, "slope", getSlopeAttr()); } // C1

FOVEA_UNARY_LAYER_BY(EluOp, "alpha", 1.0, "minus the limit for negative x", "x, for negative x alpha (exp(x) - 1)",
                     x < 0 ? valueOf(getAlphaAttr()) * std::expm1(x) : x)
FOVEA_MAGNITUDE(EluOp, x *std::fmax(1, std::abs(valueOf(getAlphaAttr()))))
LogicalResult EluOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  return resolveNumbers(call, layer, {"alpha"});
}
LogicalResult EluOp::verify() { return checkFinite(*this, "alpha", getAlphaAttr()); } // C1

FOVEA_UNARY_LAYER_BY(CeluOp, "alpha", 1.0, "minus the limit for negative x, positive",
                     "x, for negative x alpha (exp(x / alpha) - 1)",
                     x < 0 ? valueOf(getAlphaAttr()) * std::expm1(x / valueOf(getAlphaAttr())) : x)
FOVEA_MAGNITUDE(CeluOp, x)
LogicalResult CeluOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  if (!(call.getNumber("alpha") > 0))
    return call.emitError("alpha") << "alpha must be positive, found " << call.getNumber("alpha");
  return resolveNumbers(call, layer, {"alpha"});
}
LogicalResult CeluOp::verify() { // C1
  if (valueOf(getAlphaAttr()) <= 0)
    return emitOpError("alpha must be positive, found ") << valueOf(getAlphaAttr());
  return checkFinite(*this, "alpha", getAlphaAttr());
}

/// torch.clamp: NaN stays NaN.
static double clampTo(double x, double low, double high) { return x < low ? low : x > high ? high : x; }

FOVEA_UNARY_OP(ClampOp, clampTo(x, valueOf(getLowAttr()), valueOf(getHighAttr())))
FOVEA_MAGNITUDE(ClampOp, x + std::abs(clampTo(0, valueOf(getLowAttr()), valueOf(getHighAttr()))))
const LayerSignature &ClampOp::getSignature() {
  using A = LayerArgument;
  static const LayerSignature signature{{{"input", A::Tensor, "any tensor"},
                                         {"low", A::Number, "the least value, none unless given", -INFINITY},
                                         {"high", A::Number, "the largest value, none unless given", INFINITY}},
                                        "x, at least low and at most high, as torch.clamp"};
  return signature;
}
LogicalResult ClampOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  if (call.getNumber("low") > call.getNumber("high"))
    return call.emitError("low") << "low must be at most high, found " << call.getNumber("low") << " and "
                                 << call.getNumber("high");
  return resolveNumbers(call, layer, {"low", "high"});
}
LogicalResult ClampOp::verify() { // C1
  if (valueOf(getLowAttr()) <= valueOf(getHighAttr()))
    return success();
  return emitOpError("low must be at most high, found ") << valueOf(getLowAttr()) << " and " << valueOf(getHighAttr());
}

//===----------------------------------------------------------------------===//
// prelu
//===----------------------------------------------------------------------===//

LogicalResult PreluOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                        SmallVectorImpl<Type> &results) {
  Type input = adaptor.getInput().getType(), weight = adaptor.getWeight().getType();
  int64_t channels = axisSize(input, "c");
  if (!hasAxes(weight, {"c"}) || (axisSize(weight, "c") != 1 && axisSize(weight, "c") != channels)) // C1
    return emitOptionalError(location, "expected a weight of 1 or ", channels, " values on the axis c, found ",
                             spell(weight));
  results.push_back(input);
  return success();
}

const LayerSignature &PreluOp::getSignature() {
  using A = LayerArgument;
  static const LayerSignature signature{
      {{"input", A::Tensor, "any tensor"}, {"shared", A::Bool, "one slope for all channels", false}},
      "x, for negative x times a learned slope, as torch.nn.PReLU"};
  return signature;
}

LogicalResult PreluOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  layer.parameters.push_back({"weight", {call.getBool("shared") ? 1 : axisSize(call.inputs[0], "c")}, {"c"}});
  return success();
}

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

SmallVector<Tensor> PreluOp::evaluate(ArrayRef<const Tensor *> operands) {
  return zipElements(getType(), operands, [](double x, double slope) { return x < 0 ? x * slope : x; });
}

SmallVector<Tensor> PreluOp::magnitude(ArrayRef<const Tensor *> operands) {
  return zipElements(getType(), operands, [](double x, double slope) { return x * (1 + slope); });
}

double PreluOp::getFlops() { return getType().getNumElements(); }

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

#define FOVEA_BINARY_LAYER(Op, NAME, HELP, ELEMENT, NEUTRAL)                                                           \
  FOVEA_BINARY_OP(Op, NAME, ELEMENT, NEUTRAL)                                                                          \
  const LayerSignature &Op::getSignature() {                                                                           \
    using A = LayerArgument;                                                                                           \
    static const LayerSignature signature{                                                                             \
        {{"a", A::Tensor, "any tensor"}, {"b", A::Tensor, "one that broadcasts with it, by axis name"}}, HELP};        \
    return signature;                                                                                                  \
  }                                                                                                                    \
  LogicalResult Op::resolve(const LayerCall &, ResolvedLayer &) { return success(); }

FOVEA_BINARY_OP(AddOp, "add", lhs + rhs, 0.0)
FOVEA_BINARY_OP(SubOp, "subtract", lhs - rhs, 0.0)
FOVEA_BINARY_OP(MulOp, "multiply", lhs *rhs, 1.0)

FOVEA_BINARY_LAYER(DivOp, "divide", "a / b", lhs / rhs, 1.0)
FOVEA_BINARY_LAYER(MaximumOp, "compare", "the larger of a and b", std::isnan(lhs) || lhs > rhs ? lhs : rhs, -INFINITY)
FOVEA_BINARY_LAYER(MinimumOp, "compare", "the smaller of a and b", std::isnan(lhs) || lhs < rhs ? lhs : rhs, INFINITY)

#define FOVEA_MAGNITUDE_OF_SUM(Op)                                                                                     \
  SmallVector<Tensor> Op::magnitude(ArrayRef<const Tensor *> operands) {                                               \
    return zipElements(getType(), operands, [](double lhs, double rhs) { return lhs + rhs; });                         \
  }

FOVEA_MAGNITUDE_OF_SUM(SubOp)
FOVEA_MAGNITUDE_OF_SUM(MaximumOp)
FOVEA_MAGNITUDE_OF_SUM(MinimumOp)
