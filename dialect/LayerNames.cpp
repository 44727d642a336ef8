#include "dialect/LayerNames.h"
#include "mlir/IR/BuiltinAttributes.h"

using namespace mlir;

llvm::SetVector<NameLoc> fovea::layersIn(Location location) {
  llvm::SetVector<NameLoc> layers;
  location->walk([&](Location part) {
    if (auto layer = dyn_cast<NameLoc>(part))
      layers.insert(layer);
    return WalkResult::advance();
  });
  return layers;
}

llvm::SetVector<StringRef> fovea::layerNamesIn(Location location) {
  llvm::SetVector<StringRef> names;
  for (NameLoc layer : layersIn(location))
    names.insert(layer.getName().getValue());
  return names;
}
