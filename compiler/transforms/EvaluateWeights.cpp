#include "compiler/transforms/EvaluateWeights.h"
#include "compiler/transforms/Parameters.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace fovea;

WeightPlaces fovea::placeWeights(TypeRange types) {
  WeightPlaces places;
  for (Type type : types) {
    places.offsets.push_back(places.bytes);
    int64_t bytes = cast<RankedTensorType>(type).getNumElements() * int64_t(sizeof(float));
    places.bytes += llvm::alignTo(bytes, 64);
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
    std::memcpy(bytes.data() + offset, rounded.data(), rounded.size() * sizeof(float));
  }
  return bytes;
}
