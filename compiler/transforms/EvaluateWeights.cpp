#include "compiler/transforms/EvaluateWeights.h"
#include "compiler/transforms/Parameters.h"
#include "frontend/ErrorIds.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace fovea;

WeightPlaces fovea::placeWeights(TypeRange types) {
  WeightPlaces places;
  for (Type type : types) {
    places.offsets.push_back(places.bytes);
    places.bytes += llvm::alignTo(hvn::byteSize(type), 64);
  }
  return places;
}

/// Writes the elements of `tensor`, which are rounded to its type already, one after the other.
template <typename Convert> static void store(const hvn::Tensor &tensor, char *place, Convert convert) {
  for (double value : tensor.data) {
    auto stored = convert(value);
    std::memcpy(place, &stored, sizeof stored);
    place += sizeof stored;
  }
}

FailureOr<std::vector<char>> fovea::evaluateWeights(ModuleOp module, ParameterLookup lookup) {
  auto function = module.lookupSymbol<func::FuncOp>(weightsFunction);
  if (!function)
    return std::vector<char>();
  FailureOr<std::vector<hvn::Tensor>> tensors = evaluateNetwork(function, {}, lookup);
  if (failed(tensors))
    return failure();
  WeightPlaces places = placeWeights(function.getResultTypes());
  std::vector<char> bytes(places.bytes, 0);
  ValueRange results = function.getBody().front().getTerminator()->getOperands();
  for (auto [tensor, offset, result] : llvm::zip_equal(*tensors, places.offsets, results)) {
    char *place = bytes.data() + offset;
    Type element = tensor.type.getElementType();
    if (element.isBF16()) {
      store(tensor, place, [](double value) { return uint16_t(llvm::bit_cast<uint32_t>(float(value)) >> 16); });
    } else if (!element.isF16()) {
      store(tensor, place, [](double value) { return float(value); });
    } else if (llvm::none_of(tensor.data, [](double value) { return std::isinf(value); })) {
      store(tensor, place, [](double value) { return _Float16(value); });
    } else {
      userError(ErrorId::WeightsRange, result.getLoc())
          << "a weight of this layer is too large to be stored in f16, whose largest number is 65504; expected "
             "--store f32";
      return failure();
    }
  }
  return bytes;
}
