#include "dialect/Extents.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/STLExtras.h"

using namespace fovea;
using namespace mlir;

ArrayAttr fovea::toAttribute(ArrayRef<BoundedSize> sizes, MLIRContext *context) {
  Builder builder(context);
  auto number = [&](StringRef name, int64_t value) {
    return builder.getNamedAttr(name, builder.getI64IntegerAttr(value));
  };
  return builder.getArrayAttr(llvm::map_to_vector(sizes, [&](const BoundedSize &size) -> Attribute {
    return builder.getDictionaryAttr({number("least", size.least), number("most", size.most),
                                      builder.getNamedAttr("name", builder.getStringAttr(size.name)),
                                      number("step", size.step)});
  }));
}

SmallVector<BoundedSize> fovea::boundedSizes(ArrayAttr attribute) {
  SmallVector<BoundedSize> sizes;
  if (attribute)
    for (auto entry : attribute.getAsRange<DictionaryAttr>()) {
      auto number = [&](StringRef name) { return entry.getAs<IntegerAttr>(name).getInt(); };
      sizes.push_back({entry.getAs<StringAttr>("name").str(), number("least"), number("most"), number("step")});
    }
  return sizes;
}

ExtentFit::ExtentFit(ArrayRef<int64_t> steps) : steps(steps) {
  points.push_back({});
  for (int64_t most : steps) {
    counts.push_back(unsigned(std::min<int64_t>(3, most + 1)));
    SmallVector<SmallVector<int64_t>> longer;
    for (const auto &point : points)
      for (unsigned down = 0; down < counts.back(); ++down) {
        longer.push_back(point);
        longer.back().push_back(most - down);
      }
    points = std::move(longer);
  }
}

/// Turns the values of a polynomial at `most`, `most` - 1 and `most` - 2, each `stride` elements from the next, into
/// twice its coefficients.
static void toCoefficients(MutableArrayRef<int64_t> values, size_t stride, unsigned count, int64_t most) {
  int64_t first = values[0], slope = count > 1 ? values[stride] - first : 0;
  int64_t curve = count > 2 ? values[2 * stride] - values[stride] - slope : 0;
  // first + slope j + curve j (j - 1) / 2 with j = most - s
  values[0] = 2 * first + 2 * slope * most + curve * most * (most - 1);
  if (count > 1)
    values[stride] = -2 * slope - curve * (2 * most - 1);
  if (count > 2)
    values[2 * stride] = curve;
}

std::optional<AffineMap> ExtentFit::fit(ArrayRef<int64_t> values, MLIRContext *context) const {
  SmallVector<int64_t> terms(values);
  int64_t denominator = 1;
  size_t stride = terms.size();
  for (auto [most, count] : llvm::zip_equal(steps, counts)) {
    size_t block = stride;
    stride /= count;
    denominator *= 2;
    for (size_t begin = 0; begin < terms.size(); begin += block)
      for (size_t at = begin; at < begin + stride; ++at)
        toCoefficients(MutableArrayRef(terms).drop_front(at), stride, count, most);
  }
  AffineExpr extent = getAffineConstantExpr(0, context);
  for (auto [number, term] : llvm::enumerate(terms)) {
    if (term % denominator)
      return std::nullopt;
    AffineExpr product = getAffineConstantExpr(term / denominator, context);
    size_t rest = number;
    for (size_t size = counts.size(); size-- > 0; rest /= counts[size])
      for (size_t power = rest % counts[size]; power > 0; --power)
        product = getAffineSymbolExpr(unsigned(size), context) * product;
    extent = term ? product + extent : extent;
  }
  return AffineMap::get(0, unsigned(steps.size()), extent);
}

bool fovea::isLengthOf(AffineMap map, ArrayRef<BoundedSize> sizes, size_t number) {
  AffineExpr length =
      getAffineSymbolExpr(unsigned(number), map.getContext()) * sizes[number].step + sizes[number].least;
  return map.getResult(0) == length;
}

/// The coefficients of `expr`, `count` in number.
static SmallVector<int64_t> expand(AffineExpr expr, size_t count) {
  SmallVector<int64_t> terms(count, 0);
  if (auto constant = dyn_cast<AffineConstantExpr>(expr)) {
    terms.front() = constant.getValue();
    return terms;
  }
  if (auto symbol = dyn_cast<AffineSymbolExpr>(expr)) {
    size_t place = 1;
    for (unsigned number = 0; number < symbol.getPosition(); ++number)
      place *= 3;
    terms[place] = 1;
    return terms;
  }
  auto binary = cast<AffineBinaryOpExpr>(expr);
  SmallVector<int64_t> lhs = expand(binary.getLHS(), count), rhs = expand(binary.getRHS(), count);
  for (auto [left, one] : llvm::enumerate(lhs))
    if (expr.getKind() == AffineExprKind::Add)
      terms[left] = one + rhs[left];
    else
      for (auto [right, other] : llvm::enumerate(rhs))
        if (one && other) // powers of no more than two: digits do not carry
          terms[left + right] += one * other;
  return terms;
}

SmallVector<int64_t> fovea::coefficientsOf(AffineMap map) {
  size_t count = 1;
  for (unsigned number = 0; number < map.getNumSymbols(); ++number)
    count *= 3;
  return expand(map.getResult(0), count);
}

int64_t fovea::extentAt(AffineMap map, ArrayRef<int64_t> steps) {
  SmallVector<AffineExpr> numbers =
      llvm::map_to_vector(steps, [&](int64_t number) { return getAffineConstantExpr(number, map.getContext()); });
  return cast<AffineConstantExpr>(map.getResult(0).replaceSymbols(numbers)).getValue();
}
