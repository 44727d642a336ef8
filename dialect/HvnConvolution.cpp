// Convolution and linear layers: shapes, meaning, `.net` calls.
#include "dialect/HvnOps.h"

using namespace mlir;
using namespace fovea::hvn;

//===----------------------------------------------------------------------===//
// conv
//===----------------------------------------------------------------------===//

/// Conv C5 and linear C3: a bias stands on the one axis c and has a value per output channel.
static LogicalResult checkBias(std::optional<Location> location, Value bias, int64_t channels) {
  if (!bias || (hasAxes(bias.getType(), {"c"}) && axisSize(bias.getType(), "c") == channels))
    return success();
  return emitOptionalError(location, "expected a bias of ", channels, " values on the axis c, found ",
                           spell(bias.getType()));
}

/// C1 of both convolutions.
static LogicalResult checkMap(std::optional<Location> location, RankedTensorType input) {
  for (StringRef axis : {"n", "c", "h", "w"})
    if (getAxes(input).find(axis) < 0)
      return emitOptionalError(location, "a convolution needs an input with the axes n, c, h, w; found ",
                               getAxes(input));
  if (input.getRank() != 4)
    return emitOptionalError(location, "a convolution needs an input with the axes n, c, h, w only; found ",
                             getAxes(input));
  return success();
}

/// C3 of both convolutions.
template <typename Adaptor> static LogicalResult checkSteps(std::optional<Location> location, Adaptor adaptor) {
  ArrayRef<int64_t> stride = adaptor.getStride(), pad = adaptor.getPad(), dilation = adaptor.getDilation();
  if (stride.size() != 2 || pad.size() != 2 || dilation.size() != 2)
    return emitOptionalError(location, "stride, pad and dilation take two values, vertical and horizontal");
  if (int64_t groups = adaptor.getGroups(); groups < 1)
    return emitOptionalError(location, "groups must be positive, found ", groups);
  for (int axis : {0, 1}) {
    if (stride[axis] < 1)
      return emitOptionalError(location, "stride must be positive, found ", stride[axis]);
    if (dilation[axis] < 1)
      return emitOptionalError(location, "dilation must be positive, found ", dilation[axis]);
    if (pad[axis] < 0)
      return emitOptionalError(location, "pad must not be negative, found ", pad[axis]);
  }
  return success();
}

LogicalResult ConvOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                       SmallVectorImpl<Type> &results) {
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  auto weight = cast<RankedTensorType>(adaptor.getWeight().getType());
  if (failed(checkMap(location, input))) // C1
    return failure();
  if (!hasAxes(weight, {"o", "i", "y", "x"})) // C2
    return emitOptionalError(location, "expected a weight on the axes o, i, y, x, found ", spell(weight));
  if (failed(checkSteps(location, adaptor))) // C3
    return failure();

  ArrayRef<int64_t> stride = adaptor.getStride(), pad = adaptor.getPad(), dilation = adaptor.getDilation();
  int64_t groups = adaptor.getGroups();
  int64_t in = axisSize(input, "c"), out = axisSize(weight, "o"), filter = axisSize(weight, "i");
  if (in % groups || out % groups || filter != in / groups) // C4
    return emitOptionalError(location, "with ", in, " input channels, ", out, " output channels and ", groups,
                             " groups a filter cannot have ", filter, " input channels");
  if (failed(checkBias(location, adaptor.getBias(), out)))
    return failure();

  RankedTensorType result = withAxisSize(input, "c", out);
  for (auto [i, axis, kernelAxis] : {std::tuple(0, "h", "y"), std::tuple(1, "w", "x")}) {
    int64_t size = axisSize(input, axis), kernel = axisSize(weight, kernelAxis);
    int64_t room = size + 2 * pad[i] - dilation[i] * (kernel - 1) - 1;
    if (room < 0) // C6
      return emitOptionalError(location, "a kernel of ", kernel, " with dilation ", dilation[i],
                               " does not fit into size ", size, " with pad ", pad[i], " along ", axis);
    result = withAxisSize(result, axis, room / stride[i] + 1);
  }
  results.push_back(result);
  return success();
}

bool ConvOp::isDepthwise() {
  int64_t groups = getGroups();
  return groups > 1 && groups == axisSize(getInput().getType(), "c") && groups == axisSize(getWeight().getType(), "o");
}

int64_t ConvOp::outputsPerGroup() { return axisSize(getWeight().getType(), "o") / int64_t(getGroups()); }

bool ConvOp::hasFewTaps() {
  Type weight = getWeight().getType();
  return axisSize(weight, "i") * axisSize(weight, "y") * axisSize(weight, "x") <= 9;
}

bool ConvOp::isPerPixel() {
  Type weight = getWeight().getType();
  return axisSize(weight, "y") == 1 && axisSize(weight, "x") == 1 &&
         llvm::all_of(getStride(), [](int64_t s) { return s == 1; }) &&
         llvm::all_of(getPad(), [](int64_t p) { return p == 0; });
}

const LayerSignature &ConvOp::getSignature() {
  using A = LayerArgument;
  static const LayerSignature signature{{{"input", A::Tensor, "a map on n, c, h, w"},
                                         {"out", A::Integer, "output channels"},
                                         {"kernel", A::Pair, "kernel size", SmallVector<int64_t>{1, 1}},
                                         {"stride", A::Pair, "step between outputs", SmallVector<int64_t>{1, 1}},
                                         {"pad", A::Pair, "zeros added on each side", SmallVector<int64_t>{0, 0}},
                                         {"dilation", A::Pair, "step between taps", SmallVector<int64_t>{1, 1}},
                                         {"groups", A::Integer, "independent groups of channels", int64_t(1)},
                                         {"bias", A::Bool, "whether a bias is added", true}},
                                        "2-D convolution, as torch.nn.Conv2d"};
  return signature;
}

/// What both convolutions take from a call: the kernel's size, checked with the channels, and the steps.
static FailureOr<ArrayRef<int64_t>> resolveFilters(const LayerCall &call, ResolvedLayer &layer) {
  int64_t out = call.getInteger("out"), groups = call.getInteger("groups");
  ArrayRef<int64_t> kernel = call.getPair("kernel");
  int64_t channels = axisSize(call.inputs[0], "c", 0);
  if (out < 1)
    return call.emitError("out") << "expected a positive number of output channels, found " << out;
  if (kernel[0] < 1 || kernel[1] < 1)
    return call.emitError("kernel") << "expected a positive kernel size, found " << std::min(kernel[0], kernel[1]);
  if (groups < 1 || channels % groups || out % groups)
    return call.emitError("groups") << "groups must divide " << channels << " input and " << out
                                    << " output channels, found " << groups;
  Builder builder(call.inputs[0].getContext());
  for (StringRef name : {"stride", "pad", "dilation"})
    layer.attributes.set(name, builder.getDenseI64ArrayAttr(call.getPair(name)));
  layer.attributes.set("groups", builder.getI64IntegerAttr(groups));
  return kernel;
}

LogicalResult ConvOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  FailureOr<ArrayRef<int64_t>> kernel = resolveFilters(call, layer);
  if (failed(kernel))
    return failure();
  int64_t out = call.getInteger("out"), filter = axisSize(call.inputs[0], "c", 0) / call.getInteger("groups");
  layer.parameters.push_back({"weight", {out, filter, (*kernel)[0], (*kernel)[1]}, {"o", "i", "y", "x"}});
  if (call.getBool("bias"))
    layer.parameters.push_back({"bias", {out}, {"c"}});
  return success();
}

SmallVector<Tensor> ConvOp::evaluate(ArrayRef<const Tensor *> operands) {
  const Tensor &input = *operands[0], &weight = *operands[1];
  const Tensor *bias = getBias() ? operands[2] : nullptr;
  Tensor result(getType());
  int64_t perGroup = result.size("c") / getGroups();
  int64_t in = weight.size("i"), height = input.size("h"), width = input.size("w");
  for (int64_t n = 0; n < result.size("n"); ++n)
    for (int64_t o = 0; o < result.size("c"); ++o)
      for (int64_t h = 0; h < result.size("h"); ++h)
        for (int64_t w = 0; w < result.size("w"); ++w) {
          double sum = bias ? bias->data[o * bias->stride("c")] : 0.0;
          for (int64_t y = 0; y < weight.size("y"); ++y)
            for (int64_t x = 0; x < weight.size("x"); ++x) {
              int64_t row = h * getStride()[0] + y * getDilation()[0] - getPad()[0];
              int64_t column = w * getStride()[1] + x * getDilation()[1] - getPad()[1];
              if (row < 0 || row >= height || column < 0 || column >= width)
                continue;
              int64_t pixel = n * input.stride("n") + row * input.stride("h") + column * input.stride("w") +
                              o / perGroup * in * input.stride("c");
              int64_t tap = o * weight.stride("o") + y * weight.stride("y") + x * weight.stride("x");
              int64_t pixelStep = input.stride("c"), tapStep = weight.stride("i");
              for (int64_t i = 0; i < in; ++i)
                sum += input.data[pixel + i * pixelStep] * weight.data[tap + i * tapStep];
            }
          result
              .data[n * result.stride("n") + o * result.stride("c") + h * result.stride("h") + w * result.stride("w")] =
              sum;
        }
  return {std::move(result)};
}

double ConvOp::getFlops() {
  Type weight = getWeight().getType();
  double taps = double(axisSize(weight, "i")) * axisSize(weight, "y") * axisSize(weight, "x");
  return 2 * taps * getType().getNumElements();
}

Packing ConvOp::getPacking(unsigned operand) {
  // Small vectors of channels of one group, or large ones across groups: there the channels of a pixel are neighbours,
  // so those of a tap have to be.
  if (getGroups() > 1 && outputsPerGroup() % 4 != 0)
    return operand == 1 ? Packing::FirstLast : Packing::None;
  return operand > 0 ? Packing::Panels : Packing::None;
}

namespace {
/// A convolution that looks at one pixel is a linear layer on the channels.
struct PerPixelConvToLinear : OpRewritePattern<ConvOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ConvOp op, PatternRewriter &rewriter) const override {
    if (!op.isPerPixel() || op.getGroups() != 1)
      return failure();
    Type weight = op.getWeight().getType();
    auto flat = axisTensor(getContext(), {axisSize(weight, "o"), axisSize(weight, "i")}, {"o", "i"});
    Value matrix = ReshapeOp::create(rewriter, op.getLoc(), flat, op.getWeight());
    rewriter.replaceOpWithNewOp<LinearOp>(op, op.getInput(), matrix, op.getBias());
    return success();
  }
};
} // namespace

void ConvOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<PerPixelConvToLinear>(context);
}

//===----------------------------------------------------------------------===//
// conv_transpose
//===----------------------------------------------------------------------===//

LogicalResult ConvTransposeOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                                SmallVectorImpl<Type> &results) {
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  auto weight = cast<RankedTensorType>(adaptor.getWeight().getType());
  if (failed(checkMap(location, input))) // C1
    return failure();
  if (!hasAxes(weight, {"i", "o", "y", "x"})) // C2
    return emitOptionalError(location, "expected a weight on the axes i, o, y, x, found ", spell(weight));
  ArrayRef<int64_t> outputPad = adaptor.getOutputPad();
  if (failed(checkSteps(location, adaptor))) // C3
    return failure();
  if (outputPad.size() != 2 || outputPad[0] < 0 || outputPad[1] < 0)
    return emitOptionalError(location, "output_pad takes two values, vertical and horizontal, none negative");
  int64_t in = axisSize(input, "c"), groups = adaptor.getGroups();
  if (in % groups || axisSize(weight, "i") != in) // C4
    return emitOptionalError(location, "with ", in, " input channels and ", groups,
                             " groups there cannot be filters for ", axisSize(weight, "i"), " input channels");
  int64_t out = axisSize(weight, "o") * groups;
  if (failed(checkBias(location, adaptor.getBias(), out))) // C5
    return failure();

  RankedTensorType result = withAxisSize(input, "c", out);
  for (auto [i, axis, kernelAxis] : {std::tuple(0, "h", "y"), std::tuple(1, "w", "x")}) {
    int64_t stride = adaptor.getStride()[i], dilation = adaptor.getDilation()[i], pad = adaptor.getPad()[i];
    if (outputPad[i] >= std::max(stride, dilation)) // C6
      return emitOptionalError(location, "output_pad must be less than stride or dilation, found ", outputPad[i],
                               " along ", axis);
    int64_t size = axisSize(input, axis), kernel = axisSize(weight, kernelAxis);
    int64_t outputs = (size - 1) * stride - 2 * pad + dilation * (kernel - 1) + 1 + outputPad[i];
    if (outputs < 1) // C7
      return emitOptionalError(location, "a pad of ", pad, " leaves nothing of size ", outputs + 2 * pad, " along ",
                               axis);
    result = withAxisSize(result, axis, outputs);
  }
  results.push_back(result);
  return success();
}

bool ConvTransposeOp::isDepthwise() {
  return int64_t(getGroups()) == axisSize(getInput().getType(), "c") && axisSize(getWeight().getType(), "o") == 1;
}

const LayerSignature &ConvTransposeOp::getSignature() {
  using A = LayerArgument;
  static const LayerSignature signature{{{"input", A::Tensor, "a map on n, c, h, w"},
                                         {"out", A::Integer, "output channels"},
                                         {"kernel", A::Pair, "kernel size"},
                                         {"stride", A::Pair, "step between inputs", SmallVector<int64_t>{1, 1}},
                                         {"pad", A::Pair, "outputs left out on each side", SmallVector<int64_t>{0, 0}},
                                         {"output_pad", A::Pair, "outputs added behind", SmallVector<int64_t>{0, 0}},
                                         {"dilation", A::Pair, "step between taps", SmallVector<int64_t>{1, 1}},
                                         {"groups", A::Integer, "independent groups of channels", int64_t(1)},
                                         {"bias", A::Bool, "whether a bias is added", true}},
                                        "transposed 2-D convolution, as torch.nn.ConvTranspose2d"};
  return signature;
}

LogicalResult ConvTransposeOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  FailureOr<ArrayRef<int64_t>> kernel = resolveFilters(call, layer);
  if (failed(kernel))
    return failure();
  int64_t out = call.getInteger("out"), channels = axisSize(call.inputs[0], "c", 0);
  layer.parameters.push_back(
      {"weight", {channels, out / call.getInteger("groups"), (*kernel)[0], (*kernel)[1]}, {"i", "o", "y", "x"}});
  if (call.getBool("bias"))
    layer.parameters.push_back({"bias", {out}, {"c"}});
  layer.attributes.set("output_pad",
                       Builder(call.inputs[0].getContext()).getDenseI64ArrayAttr(call.getPair("output_pad")));
  return success();
}

SmallVector<Tensor> ConvTransposeOp::evaluate(ArrayRef<const Tensor *> operands) {
  const Tensor &input = *operands[0], &weight = *operands[1];
  Tensor result(getType());
  int64_t out = weight.size("o"), groups = getGroups(), perGroup = input.size("c") / groups;
  if (getBias())
    forEachIndex(result.type, {&result, operands[2]},
                 [&](ArrayRef<int64_t> offsets) { result.data[offsets[0]] = operands[2]->data[offsets[1]]; });
  for (int64_t n = 0; n < input.size("n"); ++n)
    for (int64_t i = 0; i < input.size("c"); ++i)
      for (int64_t h = 0; h < input.size("h"); ++h)
        for (int64_t w = 0; w < input.size("w"); ++w) {
          double pixel =
              input.data[n * input.stride("n") + i * input.stride("c") + h * input.stride("h") + w * input.stride("w")];
          for (int64_t y = 0; y < weight.size("y"); ++y)
            for (int64_t x = 0; x < weight.size("x"); ++x) {
              int64_t row = h * getStride()[0] + y * getDilation()[0] - getPad()[0];
              int64_t column = w * getStride()[1] + x * getDilation()[1] - getPad()[1];
              if (row < 0 || row >= result.size("h") || column < 0 || column >= result.size("w"))
                continue;
              int64_t at = n * result.stride("n") + row * result.stride("h") + column * result.stride("w") +
                           i / perGroup * out * result.stride("c");
              int64_t tap = i * weight.stride("i") + y * weight.stride("y") + x * weight.stride("x");
              for (int64_t o = 0; o < out; ++o)
                result.data[at + o * result.stride("c")] += pixel * weight.data[tap + o * weight.stride("o")];
            }
        }
  return {std::move(result)};
}

double ConvTransposeOp::getFlops() {
  Type weight = getWeight().getType();
  double taps = double(axisSize(weight, "o")) * axisSize(weight, "y") * axisSize(weight, "x");
  return 2 * taps * cast<RankedTensorType>(getInput().getType()).getNumElements();
}

Packing ConvTransposeOp::getPacking(unsigned operand) {
  if (operand != 1)
    return Packing::None;
  return axisSize(getWeight().getType(), "o") == 1 ? Packing::FirstLast : Packing::SecondLast;
}

//===----------------------------------------------------------------------===//
// linear
//===----------------------------------------------------------------------===//

LogicalResult LinearOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                         SmallVectorImpl<Type> &results) {
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  Type weight = adaptor.getWeight().getType();
  if (getAxes(input).find("c") < 0) // C1
    return emitOptionalError(location, "a linear layer needs an input with an axis c; found ", getAxes(input));
  if (!hasAxes(weight, {"o", "i"}) || axisSize(weight, "i") != axisSize(input, "c")) // C2
    return emitOptionalError(location, "expected a weight on the axes o, i with ", axisSize(input, "c"),
                             " columns, found ", spell(weight));
  if (failed(checkBias(location, adaptor.getBias(), axisSize(weight, "o"))))
    return failure();
  results.push_back(withAxisSize(input, "c", axisSize(weight, "o")));
  return success();
}

const LayerSignature &LinearOp::getSignature() {
  using A = LayerArgument;
  static const LayerSignature signature{{{"input", A::Tensor, "a tensor with an axis c"},
                                         {"out", A::Integer, "output channels"},
                                         {"bias", A::Bool, "whether a bias is added", true}},
                                        "a matrix applied along the axis c, as torch.nn.Linear"};
  return signature;
}

LogicalResult LinearOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  int64_t out = call.getInteger("out");
  if (out < 1)
    return call.emitError("out") << "expected a positive number of output channels, found " << out;
  layer.parameters.push_back({"weight", {out, axisSize(call.inputs[0], "c", 0)}, {"o", "i"}});
  if (call.getBool("bias"))
    layer.parameters.push_back({"bias", {out}, {"c"}});
  return success();
}

SmallVector<Tensor> LinearOp::evaluate(ArrayRef<const Tensor *> operands) {
  const Tensor &input = *operands[0], &weight = *operands[1];
  Tensor result(getType());
  int64_t in = weight.size("i"), out = weight.size("o");
  // Outside of c both tensors have the same axes: `outer` of them before it, `inner` after it.
  int64_t inner = 1;
  for (int64_t size : input.type.getShape().drop_front(getAxes(input.type).find("c") + 1))
    inner *= size;
  int64_t outer = input.data.size() / (in * inner);
  for (int64_t before = 0; before < outer; ++before)
    for (int64_t o = 0; o < out; ++o)
      for (int64_t after = 0; after < inner; ++after) {
        double sum = getBias() ? operands[2]->data[o] : 0.0;
        for (int64_t i = 0; i < in; ++i)
          sum += weight.data[o * in + i] * input.data[(before * in + i) * inner + after];
        result.data[(before * out + o) * inner + after] = sum;
      }
  return {std::move(result)};
}

double LinearOp::getFlops() { return 2.0 * axisSize(getWeight().getType(), "i") * getType().getNumElements(); }

Packing LinearOp::getPacking(unsigned operand) {
  // One output channel is read along the input channels, which are neighbours as they are.
  return operand > 0 && axisSize(getType(), "c") > 1 ? Packing::Panels : Packing::None;
}
