// Images as inputs: shapes, meaning, `.net` calls.
#include "dialect/HvnOps.h"
#include "dialect/ImageRule.h"
#include "dialect/Taps.h"
#include <cmath>

using namespace mlir;
using namespace fovea::hvn;

static constexpr int64_t longestSide = 65535;

FailureOr<fovea_image_plan> ImageRule::plan(RankedTensorType image,
                                            function_ref<InFlightDiagnostic(StringRef)> emitError) const {
  auto isSide = [](int64_t value) { return value >= 1 && value <= longestSide; };
  if (size.size() != 2 || !llvm::all_of(size, isSide)) // C1, C6
    return emitError("size") << "expected a height and a width of 1 to " << longestSide << " for the result";
  if (!llvm::all_of(image.getShape().take_front(2), isSide)) // C6
    return emitError("input") << "an image of at most " << longestSide << " x " << longestSide << " expected, found "
                              << spell(image);
  ArrayRef<int64_t> to = resize.empty() ? size : resize;
  if (to.size() > 2 || !llvm::all_of(to, isSide)) // C2, C6
    return emitError("resize") << "resize is the shorter side, or height and width, each 1 to " << longestSide;
  for (int axis : {0, 1})
    if (int64_t whole = axis == 0 ? to.front() : to.back(); size[axis] > whole) // C2
      return emitError("resize") << "the image is resized to " << whole << " along " << (axis == 0 ? "h" : "w")
                                 << ", of which no " << size[axis] << " can be cut out";
  if (filter != "bilinear" && filter != "bicubic") // C3
    return emitError("filter") << "expected the filter bilinear or bicubic, found '" << filter << "'";
  auto isFinite = [](double value) { return std::isfinite(value); };
  for (bool isMean : {true, false})
    if (ArrayRef<double> values = isMean ? mean : std; values.size() != 3 || !llvm::all_of(values, isFinite)) // C4
      return emitError(isMean ? "mean" : "std")
             << (isMean ? "mean" : "std") << " takes three finite numbers, one for each channel of the result";
  if (llvm::is_contained(std, 0.0)) // C4
    return emitError("std") << "std must not be 0";
  if (order != "rgb" && order != "bgr") // C5
    return emitError("order") << "expected the order rgb or bgr, found '" << order << "'";
  fovea_image_plan plan = {};
  for (int axis : {0, 1}) {
    plan.largest[axis] = int32_t(image.getDimSize(axis));
    plan.size[axis] = int32_t(size[axis]);
    plan.resize[axis] = to.size() > size_t(axis) ? int32_t(to[axis]) : 0;
  }
  plan.radius = filter == "bilinear" ? 1 : 2;
  plan.swapped = order == "bgr";
  llvm::copy(mean, plan.mean);
  llvm::copy(std, plan.deviation);
  if (int64_t bytes = fovea_image_scratch_bytes(&plan); bytes > INT32_MAX) // C7
    return emitError("resize") << "resizing of images up to " << spell(image) << " takes " << bytes
                               << " bytes of memory; at most " << INT32_MAX << " are supported";
  return plan;
}

LogicalResult FromImageOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location, Adaptor adaptor,
                                            SmallVectorImpl<Type> &results) {
  auto error = [&](StringRef) { return location ? mlir::emitError(*location) : InFlightDiagnostic(); };
  if (failed(ImageRule::of(adaptor).plan(cast<RankedTensorType>(adaptor.getInput().getType()), error)))
    return failure();
  results.push_back(axisTensor(context, {1, adaptor.getSize()[0], adaptor.getSize()[1], 3}, {"n", "h", "w", "c"}));
  return success();
}

const LayerSignature &FromImageOp::getSignature() {
  using A = LayerArgument;
  static const LayerSignature signature{
      {{"image", A::Tensor, "an input of the type image"},
       {"resize", A::Integers,
        "what the shorter side becomes before the middle is cut out, or [height, width]; "
        "by default the sizes",
        SmallVector<int64_t>()},
       {"filter", A::Word, "how it is resized", std::string("bilinear"), {"bilinear", "bicubic"}},
       {"mean", A::Numbers, "of the bytes divided by 255", SmallVector<double>{0}},
       {"std", A::Numbers, "their standard deviation", SmallVector<double>{1}},
       {"order", A::Word, "the channels of the result", std::string("rgb"), {"rgb", "bgr"}},
       {"sizes", A::AxisValues, "height and width of the result, as h=224, w=224"}},
      "a tensor made from the pixels of an image, as by Pillow and torchvision"};
  return signature;
}

/// One number stands for all three channels.
static SmallVector<double> perChannel(ArrayRef<double> numbers) {
  return numbers.size() == 1 ? SmallVector<double>(3, numbers[0]) : SmallVector<double>(numbers);
}

LogicalResult FromImageOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  RankedTensorType image = call.inputs[0];
  if (!isImage(image))
    return call.emitError("image")
           << "expected an input of the type image, as in 'input photo: image[h=4096, w=4096]', "
           << "found " << spell(image);
  SmallVector<int64_t> size{0, 0};
  for (const auto &[axis, values] : call.getAxisValues("sizes")) {
    if (axis != "h" && axis != "w")
      return call.emitError(axis) << "from_image has no argument or axis '" << axis
                                  << "'; the sizes of the result are h and w";
    if (values.size() != 1 || values[0] < 1 || values[0] > longestSide)
      return call.emitError(axis) << "expected a size of 1 to " << longestSide << " for the axis '" << axis << "'";
    size[axis == "w"] = values[0];
  }
  if (llvm::is_contained(size, 0))
    return call.emitError("sizes") << "expected the sizes of the result, as in h=224, w=224";
  SmallVector<int64_t> resize;
  if (call.isInteger("resize"))
    resize.push_back(call.getInteger("resize"));
  else
    llvm::append_range(resize, call.getIntegers("resize"));
  SmallVector<double> mean = perChannel(call.getNumbers("mean")), std = perChannel(call.getNumbers("std"));
  ImageRule rule{size, resize, call.getWord("filter"), mean, std, call.getWord("order")};
  if (failed(rule.plan(image, call.emitError)))
    return failure();
  Builder builder(call.context);
  layer.attributes.set("size", builder.getDenseI64ArrayAttr(size));
  layer.attributes.set("resize", builder.getDenseI64ArrayAttr(resize));
  layer.attributes.set("filter", builder.getStringAttr(rule.filter));
  layer.attributes.set("mean", builder.getDenseF64ArrayAttr(mean));
  layer.attributes.set("std", builder.getDenseF64ArrayAttr(std));
  layer.attributes.set("order", builder.getStringAttr(rule.order));
  return success();
}

/// `input`, bytes, with `axis` resized to `to` and the middle `size` of it cut out: bytes.
static Tensor resizeBytes(const Tensor &input, StringRef axis, int64_t to, int64_t size, StringRef filter) {
  constexpr double one = 1 << 22;
  std::vector<Taps> taps = resizeTaps(input.size(axis), to, filter, /*alignCorners=*/false, /*antialias=*/true);
  taps.erase(taps.begin(), taps.begin() + int64_t(std::nearbyint((to - size) / 2.0)));
  taps.resize(size);
  for (Taps &some : taps)
    for (Tap &tap : some)
      tap.weight = std::round(tap.weight * one);
  Tensor result = resample(input, axis, taps, Combine::Sum);
  for (double &element : result.data)
    element = std::clamp(std::floor((element + one / 2) / one), 0.0, 255.0);
  return result;
}

SmallVector<Tensor> FromImageOp::evaluate(ArrayRef<const Tensor *> operands) {
  const Tensor &image = *operands[0];
  int64_t height = image.size("h"), width = image.size("w"), shorter = std::min(height, width);
  SmallVector<int64_t> to(getResize().empty() ? getSize() : getResize());
  if (to.size() == 1)
    to = {to[0] * height / shorter, to[0] * width / shorter};
  bool rowsFirst = height > to[0] && height - to[0] > 2 * (width - to[1]);
  Tensor bytes = image;
  for (int axis : {rowsFirst ? 0 : 1, rowsFirst ? 1 : 0})
    bytes = resizeBytes(bytes, axis ? "w" : "h", to[axis], getSize()[axis], getFilter());
  Tensor result(getType());
  for (size_t i = 0; i < result.data.size(); ++i) {
    size_t c = i % 3, source = i - c + (getOrder() == "bgr" ? 2 - c : c);
    result.data[i] = (bytes.data[source] / 255 - getMean()[c]) / getStd()[c];
  }
  return {std::move(result)};
}
