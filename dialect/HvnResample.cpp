// Resampling layers: shapes, meaning, `.net` calls.
#include "dialect/HvnOps.h"
#include "dialect/Taps.h"
#include <cmath>
#include <limits>

using namespace mlir;
using namespace fovea::hvn;

//===----------------------------------------------------------------------===//
// Resampling along an axis
//===----------------------------------------------------------------------===//

std::vector<Taps> fovea::hvn::adaptiveTaps(int64_t from, int64_t to) {
  std::vector<Taps> taps(to);
  for (int64_t place = 0; place < to; ++place) {
    int64_t begin = place * from / to, end = llvm::divideCeil((place + 1) * from, to);
    for (int64_t at = begin; at < end; ++at)
      taps[place].push_back({at, 1.0 / double(end - begin)});
  }
  return taps;
}

/// Keys' cubic convolution kernel.
static double cubic(double x, double a) {
  x = std::abs(x);
  if (x < 1)
    return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

static double tent(double x) { return std::max(1 - std::abs(x), 0.0); }

/// One element: the nearest.
static Taps nearestTaps(int64_t place, int64_t from, int64_t to) {
  float scale = float(from) / float(to);
  return {{std::min(int64_t(std::floor(float(place) * scale)), from - 1), 1.0}};
}

/// The elements around `position`, `radius` on each side, weighted by `kernel` of the distance.
static Taps tapsAround(double position, int64_t radius, int64_t from, function_ref<double(double)> kernel) {
  Taps taps;
  int64_t left = std::min(int64_t(std::floor(position)), from - 1);
  double fraction = std::clamp(position - left, 0.0, 1.0);
  for (int64_t step = 1 - radius; step <= radius; ++step)
    taps.push_back({std::clamp<int64_t>(left + step, 0, from - 1), kernel(step - fraction)});
  return taps;
}

/// The elements around the place's middle, as far as the widened kernel reaches, weights with the sum 1.
static Taps antialiasedTaps(int64_t place, int64_t from, double scale, double radius,
                            function_ref<double(double)> kernel) {
  double widened = std::max(scale, 1.0), reach = radius * widened, middle = scale * (place + 0.5), sum = 0;
  int64_t begin = std::max<int64_t>(int64_t(middle - reach + 0.5), 0);
  int64_t end = std::min<int64_t>(int64_t(middle + reach + 0.5), from);
  Taps taps;
  for (int64_t at = begin; at < end; ++at) {
    taps.push_back({at, kernel((at - middle + 0.5) / widened)});
    sum += taps.back().weight;
  }
  for (Tap &tap : taps)
    tap.weight /= sum;
  return taps;
}

std::vector<Taps> fovea::hvn::resizeTaps(int64_t from, int64_t to, StringRef mode, bool alignCorners, bool antialias) {
  double scale = !alignCorners ? double(from) / to : to > 1 ? double(from - 1) / (to - 1) : 0.0;
  bool linear = mode == "bilinear";
  double a = antialias ? -0.5 : -0.75;
  auto kernel = [&](double x) { return linear ? tent(x) : cubic(x, a); };
  std::vector<Taps> taps(to);
  for (int64_t place = 0; place < to; ++place) {
    double position = alignCorners ? scale * place : scale * (place + 0.5) - 0.5;
    if (from == to)
      taps[place] = {{place, 1.0}};
    else if (mode == "nearest")
      taps[place] = nearestTaps(place, from, to);
    else if (antialias)
      taps[place] = antialiasedTaps(place, from, scale, linear ? 1 : 2, kernel);
    else if (linear)
      taps[place] = tapsAround(std::max(position, 0.0), 1, from, kernel);
    else
      taps[place] = tapsAround(position, 2, from, kernel);
  }
  return taps;
}

Tensor fovea::hvn::resample(const Tensor &input, StringRef axis, ArrayRef<Taps> taps, Combine combine) {
  Tensor result(withAxisSize(input.type, axis, taps.size()));
  int64_t inner = 1;
  for (int64_t size : input.type.getShape().drop_front(getAxes(input.type).find(axis) + 1))
    inner *= size;
  int64_t from = input.size(axis), outer = input.data.size() / (from * inner);
  double *element = result.data.data();
  for (int64_t before = 0; before < outer; ++before)
    for (const Taps &some : taps)
      for (int64_t after = 0; after < inner; ++after, ++element) {
        const double *line = &input.data[before * from * inner + after];
        if (combine == Combine::Sum) {
          for (auto [place, weight] : some)
            *element += line[place * inner] * weight;
          continue;
        }
        *element = -std::numeric_limits<double>::infinity();
        for (auto [place, weight] : some)
          if (double value = line[place * inner]; value > *element || std::isnan(value))
            *element = value;
      }
  return result;
}

//===----------------------------------------------------------------------===//
// resize
//===----------------------------------------------------------------------===//

LogicalResult ResizeOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                         SmallVectorImpl<Type> &results) {
  auto type = cast<RankedTensorType>(adaptor.getInput().getType());
  ArrayRef<StringAttr> over = adaptor.getOver().getNames();
  if (over.empty()) // C1
    return emitOptionalError(location, "resize needs an axis with its new size");
  if (adaptor.getSize().size() != over.size()) // C2
    return emitOptionalError(location, "size takes a value for each of the axes ", adaptor.getOver());
  for (auto [axis, size] : llvm::zip_equal(over, adaptor.getSize())) {
    if (getAxes(type).find(axis) < 0) // C1
      return emitOptionalError(location, "cannot resize the axis ", axis.getValue(), " of a tensor on ", getAxes(type));
    if (size < 1 || size > std::numeric_limits<int32_t>::max()) // C2
      return emitOptionalError(location, "the new size of ", axis.getValue(),
                               " must be at least 1 and below 2^31, found ", size);
    type = withAxisSize(type, axis, size);
  }
  StringRef mode = adaptor.getMode();
  if (!llvm::is_contained({"nearest", "bilinear", "bicubic"}, mode)) // C3
    return emitOptionalError(location, "expected the mode nearest, bilinear or bicubic, found ", mode);
  if (mode == "nearest" && (adaptor.getAlignCorners() || adaptor.getAntialias())) // C4
    return emitOptionalError(location, "the mode nearest takes neither align_corners nor antialias");
  results.push_back(type);
  return success();
}

const LayerSignature &ResizeOp::getSignature() {
  using A = LayerArgument;
  static const LayerSignature signature{
      {{"input", A::Tensor, "any tensor"},
       {"mode", A::Word, "how elements are made up", std::string("nearest"), {"nearest", "bilinear", "bicubic"}},
       {"align_corners", A::Bool, "whether the first and last places of both sides coincide", false},
       {"antialias", A::Bool, "whether a smaller result is of all elements of the input", false},
       {"sizes", A::AxisValues, "new sizes of axes, as h=14, w=14"}},
      "axes of other sizes, as torch.nn.functional.interpolate"};
  return signature;
}

LogicalResult ResizeOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  RankedTensorType input = call.inputs[0];
  SmallVector<StringRef> over;
  SmallVector<int64_t> sizes;
  for (const auto &[axis, values] : call.getAxisValues("sizes")) {
    if (getAxes(input).find(axis) < 0)
      return call.emitError(axis) << "the input has no axis '" << axis << "'; it has " << getAxes(input);
    if (values.size() != 1)
      return call.emitError(axis) << "expected one size for the axis '" << axis << "', found " << values.size();
    if (values[0] < 1)
      return call.emitError(axis) << "expected a positive size for the axis '" << axis << "', found " << values[0];
    over.push_back(axis);
    sizes.push_back(values[0]);
  }
  if (over.empty())
    return call.emitError("sizes") << "expected axes with their new sizes, as in h=14, w=14";
  for (StringRef flag : {"align_corners", "antialias"})
    if (call.getBool(flag) && call.getWord("mode") == "nearest")
      return call.emitError(flag) << "the mode nearest has no " << flag << "; bilinear and bicubic have";
  Builder builder(input.getContext());
  layer.attributes.set("over", AxesAttr::get(input.getContext(), over));
  layer.attributes.set("size", builder.getDenseI64ArrayAttr(sizes));
  layer.attributes.set("mode", builder.getStringAttr(call.getWord("mode")));
  layer.attributes.set("align_corners", builder.getBoolAttr(call.getBool("align_corners")));
  layer.attributes.set("antialias", builder.getBoolAttr(call.getBool("antialias")));
  return success();
}

OpFoldResult ResizeOp::fold(FoldAdaptor) { return getInput().getType() == getType() ? getInput() : OpFoldResult(); }

/// The op on `input`; its `magnitude` if all weights shall be positive.
static Tensor evaluateResize(ResizeOp op, const Tensor &input, bool absolute) {
  Tensor result = input;
  for (auto [axis, size] : llvm::zip_equal(op.getOver().getNames(), op.getSize())) {
    std::vector<Taps> taps = resizeTaps(result.size(axis), size, op.getMode(), op.getAlignCorners(), op.getAntialias());
    for (Taps &some : taps)
      for (Tap &tap : some)
        tap.weight = absolute ? std::abs(tap.weight) : tap.weight;
    result = resample(result, axis, taps, Combine::Sum);
  }
  return result;
}

SmallVector<Tensor> ResizeOp::evaluate(ArrayRef<const Tensor *> operands) {
  return {evaluateResize(*this, *operands[0], /*absolute=*/false)};
}

SmallVector<Tensor> ResizeOp::magnitude(ArrayRef<const Tensor *> operands) {
  return {evaluateResize(*this, *operands[0], /*absolute=*/true)};
}

double ResizeOp::getFlops() {
  double flops = 0;
  for (auto [axis, size] : llvm::zip_equal(getOver().getNames(), getSize())) {
    double shrink = getAntialias() ? std::max(double(axisSize(getInput().getType(), axis)) / size, 1.0) : 1.0;
    double taps = getMode() == "nearest" ? 0 : getMode() == "bilinear" ? 2 : 4;
    flops += 2 * taps * shrink * getType().getNumElements();
  }
  return flops;
}
