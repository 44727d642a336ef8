#include "compiler/transforms/ErrorBound.h"
#include <cfloat>
#include <cmath>

using namespace mlir;
using namespace fovea;
using hvn::Tensor;

/// Below the smallest normal number results may be flushed to zero.
static constexpr double smallest = FLT_MIN;

/// Relative cost of a rounding, per operation and once at the end.
static double roundingOf(hvn::ReferenceInterface op, RankedTensorType type, bool narrowFactors) {
  auto work = dyn_cast<hvn::WorkInterface>(*op);
  double operations = work ? work.getFlops() / std::max<int64_t>(type.getNumElements(), 1) : 1;
  double stored = type.getElementType().isBF16() ? 0x1p-8 : 0;
  double factors = narrowFactors && isa<hvn::LinearOp, hvn::ConvOp, hvn::AttentionOp, hvn::ContractOp>(op) ? 0x1p-8 : 0;
  return (2 + std::sqrt(std::max(operations, 1.0))) * 0x1p-23 + stored + factors;
}

SmallVector<BoundedTensor> fovea::evaluateBounded(hvn::ReferenceInterface op, ArrayRef<const BoundedTensor *> operands,
                                                  bool narrowFactors) {
  SmallVector<const Tensor *> values, sizes, grown;
  std::vector<Tensor> storage;
  storage.reserve(2 * operands.size());
  bool exact = true;
  for (const BoundedTensor *operand : operands) {
    values.push_back(&operand->value);
    Tensor &size = storage.emplace_back(operand->value.type), &more = storage.emplace_back(operand->value.type);
    for (size_t i = 0; i < size.data.size(); ++i) {
      size.data[i] = std::abs(operand->value.data[i]);
      more.data[i] = size.data[i] + operand->bound[i];
      exact &= operand->bound[i] == 0;
    }
    sizes.push_back(&size);
    grown.push_back(&more);
  }
  SmallVector<BoundedTensor> results;
  for (Tensor &tensor : op.evaluate(values))
    results.emplace_back(std::move(tensor));
  SmallVector<Tensor> magnitudes = op.magnitude(sizes), grownMagnitudes;
  if (!exact)
    grownMagnitudes = op.magnitude(grown);
  for (auto [number, result] : llvm::enumerate(results)) {
    double rounding = roundingOf(op, result.value.type, narrowFactors);
    for (size_t i = 0; i < result.bound.size(); ++i) {
      double magnitude = magnitudes[number].data[i];
      double handedOn = exact ? 0 : std::abs(grownMagnitudes[number].data[i] - magnitude);
      result.bound[i] = rounding * magnitude + handedOn + smallest;
    }
  }
  return results;
}
