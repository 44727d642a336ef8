#include "compiler/transforms/EvaluateWeights.h"
#include "compiler/transforms/Parameters.h"
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

FailureOr<std::vector<char>> fovea::evaluateWeights(ModuleOp module, ParameterLookup lookup) {
  auto function = module.lookupSymbol<func::FuncOp>(weightsFunction);
  if (!function)
    return std::vector<char>();
  FailureOr<std::vector<hvn::Tensor>> tensors = evaluateNetwork(function, {}, lookup);
  if (failed(tensors))
    return failure();
  WeightPlaces places = placeWeights(function.getResultTypes());
  std::vector<char> bytes(places.bytes, 0);
  for (auto [tensor, offset] : llvm::zip_equal(*tensors, places.offsets)) {
    std::vector<float> rounded(tensor.data.begin(), tensor.data.end());
    char *place = bytes.data() + offset;
    if (!tensor.type.getElementType().isBF16()) {
      std::memcpy(place, rounded.data(), rounded.size() * sizeof(float));
      continue;
    }
    for (float value : rounded) { // rounded to bf16 already: the upper half
      uint16_t half = llvm::bit_cast<uint32_t>(value) >> 16;
      std::memcpy(place, &half, sizeof half);
      place += sizeof half;
    }
  }
  return bytes;
}
