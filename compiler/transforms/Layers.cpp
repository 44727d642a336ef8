#include "compiler/transforms/Layers.h"
#include "compiler/transforms/Parameters.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace fovea;

/// Longest name of a layer: with an ending it is a file's.
static constexpr size_t longestName = 200;

/// `text` as the name of a file.
static std::string fileName(StringRef text) {
  std::string name;
  for (char c : text.take_front(longestName))
    name += llvm::isAlnum(c) || c == '.' || c == '_' || c == '-' ? c : '_';
  if (name.empty() || name[0] == '.')
    name.insert(0, "_");
  return name;
}

std::vector<Layer> fovea::layersOf(func::FuncOp network) {
  std::vector<Layer> layers;
  llvm::StringSet<> taken;
  for (Operation &op : network.getBody().front().without_terminator()) {
    if (isParameterOp(&op))
      continue;
    auto named = dyn_cast<NameLoc>(op.getLoc());
    std::string base = fileName(named ? named.getName().getValue() : op.getName().stripDialect());
    for (OpResult result : op.getResults()) {
      std::string part = base;
      if (op.getNumResults() > 1)
        part += ".part" + std::to_string(result.getResultNumber());
      std::string name = part;
      for (int number = 2; !taken.insert(name).second; ++number)
        name = part + "." + std::to_string(number);
      layers.push_back({name, result});
    }
  }
  return layers;
}

std::vector<unsigned> fovea::keptOutputs(func::FuncOp network, ArrayRef<Value> values) {
  llvm::DenseMap<Value, unsigned> own;
  for (auto [number, value] : llvm::enumerate(network.getBody().front().getTerminator()->getOperands()))
    own.try_emplace(value, number);
  unsigned next = network.getNumResults();
  std::vector<unsigned> outputs;
  for (Value value : values)
    outputs.push_back(own.contains(value) ? own[value] : next++);
  return outputs;
}

std::string fovea::placeText(Location location) {
  std::string text;
  location->walk([&](Location part) {
    auto place = dyn_cast<FileLineColLoc>(part);
    if (!place)
      return WalkResult::advance();
    text = place.getFilename().str() + ":" + std::to_string(place.getLine());
    return WalkResult::interrupt();
  });
  return text;
}
