#include "dialect/Axes.h"

using namespace mlir;
using namespace fovea::hvn;

bool fovea::hvn::isAxisTensor(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.hasStaticShape() && isa<Float32Type, BFloat16Type, Float16Type>(tensor.getElementType()) &&
         isa_and_nonnull<AxesAttr>(tensor.getEncoding());
}

bool fovea::hvn::isImage(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.hasStaticShape() && tensor.getElementType().isUnsignedInteger(8) &&
         isa_and_nonnull<AxesAttr>(tensor.getEncoding()) && hasAxes(tensor, {"h", "w", "c"}) &&
         tensor.getDimSize(2) == 3;
}

RankedTensorType fovea::hvn::imageType(MLIRContext *context, int64_t height, int64_t width) {
  return RankedTensorType::get({height, width, 3}, IntegerType::get(context, 8, IntegerType::Unsigned),
                               AxesAttr::get(context, {"h", "w", "c"}));
}

AxesAttr fovea::hvn::getAxes(Type type) { return cast<AxesAttr>(cast<RankedTensorType>(type).getEncoding()); }

int64_t fovea::hvn::axisSize(Type type, llvm::StringRef axis, int64_t absent) {
  int64_t position = getAxes(type).find(axis);
  return position < 0 ? absent : cast<RankedTensorType>(type).getDimSize(position);
}

int64_t fovea::hvn::byteSize(Type type) {
  auto shaped = cast<ShapedType>(type);
  return shaped.getNumElements() * shaped.getElementTypeBitWidth() / 8;
}

RankedTensorType fovea::hvn::axisTensor(MLIRContext *context, llvm::ArrayRef<int64_t> shape,
                                        llvm::ArrayRef<llvm::StringRef> axes) {
  return RankedTensorType::get(shape, Float32Type::get(context), AxesAttr::get(context, axes));
}

RankedTensorType fovea::hvn::axisTensorLike(RankedTensorType like, llvm::ArrayRef<int64_t> shape,
                                            llvm::ArrayRef<llvm::StringRef> axes) {
  return RankedTensorType::get(shape, like.getElementType(), AxesAttr::get(like.getContext(), axes));
}

RankedTensorType fovea::hvn::withAxisSize(RankedTensorType type, llvm::StringRef axis, int64_t size) {
  SmallVector<int64_t> shape(type.getShape());
  shape[getAxes(type).find(axis)] = size;
  return type.clone(shape);
}

RankedTensorType fovea::hvn::withoutAxes(RankedTensorType type, AxesAttr gone, bool keep) {
  SmallVector<int64_t> shape;
  SmallVector<StringRef> axes;
  for (auto [axis, size] : llvm::zip_equal(getAxes(type).getNames(), type.getShape())) {
    bool reduced = gone.find(axis) >= 0;
    if (reduced && !keep)
      continue;
    shape.push_back(reduced ? 1 : size);
    axes.push_back(axis);
  }
  return axisTensorLike(type, shape, axes);
}

RankedTensorType fovea::hvn::broadcast(RankedTensorType lhs, RankedTensorType rhs) {
  auto contains = [](RankedTensorType whole, RankedTensorType part) {
    return llvm::all_of(getAxes(part).getNames(), [&](StringAttr axis) { return getAxes(whole).find(axis) >= 0; });
  };
  RankedTensorType whole = contains(lhs, rhs) ? lhs : contains(rhs, lhs) ? rhs : RankedTensorType();
  if (!whole)
    return {};
  SmallVector<int64_t> shape;
  for (StringAttr axis : getAxes(whole).getNames()) {
    int64_t left = axisSize(lhs, axis), right = axisSize(rhs, axis);
    if (left != right && left != 1 && right != 1)
      return {};
    shape.push_back(std::max(left, right));
  }
  return whole.clone(shape);
}

std::string fovea::hvn::spell(Type type) {
  std::string text;
  llvm::raw_string_ostream os(text);
  if (isImage(type)) {
    os << "image[h=" << axisSize(type, "h") << ", w=" << axisSize(type, "w") << ']';
    return text;
  }
  os << cast<RankedTensorType>(type).getElementType() << '[';
  llvm::interleaveComma(getAxes(type).getNames(), os,
                        [&](StringAttr axis) { os << axis.getValue() << '=' << axisSize(type, axis); });
  os << ']';
  return text;
}

bool fovea::hvn::hasAxes(Type type, llvm::ArrayRef<llvm::StringRef> axes) {
  return getAxes(type) == AxesAttr::get(type.getContext(), axes);
}
