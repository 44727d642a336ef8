// keep-layers: what a library computes on the way becomes its outputs.
#include "compiler/transforms/Layers.h"
#include "compiler/transforms/Parameters.h"
#include "compiler/transforms/Passes.h"

namespace fovea {
#define GEN_PASS_DEF_KEEPLAYERSPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace fovea

using namespace mlir;
using namespace fovea;

/// Returns those of `values` that are no outputs yet, called `prefix` and a number.
static void addOutputs(func::FuncOp network, ArrayRef<Value> values, StringRef prefix) {
  Operation *end = network.getBody().front().getTerminator();
  std::vector<unsigned> outputs = keptOutputs(network, values);
  Builder builder(network.getContext());
  SmallVector<Type> types(network.getResultTypes());
  SmallVector<DictionaryAttr> attributes;
  network.getAllResultAttrs(attributes);
  attributes.resize(types.size(), builder.getDictionaryAttr({}));
  unsigned first = types.size();
  for (auto [output, value] : llvm::zip_equal(outputs, values)) {
    if (output < first)
      continue;
    std::string name = (prefix + llvm::Twine(output - first)).str();
    end->insertOperands(end->getNumOperands(), value);
    types.push_back(value.getType());
    attributes.push_back(builder.getDictionaryAttr(builder.getNamedAttr("hvn.name", builder.getStringAttr(name))));
  }
  network.setFunctionType(builder.getFunctionType(network.getArgumentTypes(), types));
  network.setAllResultAttrs(attributes);
}

namespace {
struct KeepLayersPass : fovea::impl::KeepLayersPassBase<KeepLayersPass> {
  void runOnOperation() override {
    func::FuncOp network = getOperation();
    if (network.isExternal() || isWeightsFunction(network))
      return;
    std::vector<Layer> layers = layersOf(network);
    std::vector<Value> values;
    for (const Layer &layer : layers)
      values.push_back(layer.value);
    addOutputs(network, values, "layer");
    OpBuilder builder(&getContext());
    for (Layer &layer : layers) {
      builder.setInsertionPointAfterValue(layer.value);
      auto keep = hvn::KeepOp::create(builder, layer.value.getLoc(), layer.value, builder.getStringAttr(layer.name));
      layer.value.replaceAllUsesExcept(keep.getResult(), keep);
    }
  }
};
} // namespace
