#include "compiler/tools/DescribeNetwork.h"
#include "compiler/transforms/Layers.h"
#include "compiler/transforms/Parameters.h"
#include "dialect/HvnOps.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include <cmath>
#include <map>

using namespace mlir;
using namespace fovea;
using llvm::json::Array;
using llvm::json::Object;

/// JSON has no infinities.
static llvm::json::Value numberOf(double value) {
  if (std::isfinite(value))
    return value;
  return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

static llvm::json::Value toJson(Attribute attribute) {
  return llvm::TypeSwitch<Attribute, llvm::json::Value>(attribute)
      .Case([](BoolAttr flag) { return flag.getValue(); })
      .Case([](IntegerAttr number) { return number.getInt(); })
      .Case([](FloatAttr number) { return numberOf(number.getValueAsDouble()); })
      .Case([](StringAttr text) { return text.getValue(); })
      .Case([](DenseI64ArrayAttr numbers) { return Array(numbers.asArrayRef()); })
      .Case([](DenseI32ArrayAttr numbers) { return Array(numbers.asArrayRef()); })
      .Case([](DenseF64ArrayAttr numbers) { return Array(llvm::map_range(numbers.asArrayRef(), numberOf)); })
      .Case([](hvn::AxesAttr axes) {
        return Array(llvm::map_range(axes.getNames(), [](StringAttr name) { return name.getValue(); }));
      })
      .Default([](Attribute) { return nullptr; });
}

static std::string placeOf(Location location) {
  std::string text;
  location->walk([&](Location part) {
    auto place = dyn_cast<FileLineColLoc>(part);
    if (!place)
      return WalkResult::advance();
    text = (place.getFilename().getValue() + ":" + Twine(place.getLine()) + ":" + Twine(place.getColumn())).str();
    return WalkResult::interrupt();
  });
  return llvm::json::fixUTF8(text); // a file may be called anything
}

namespace {
class Description {
public:
  explicit Description(func::FuncOp network) : network(network) {
    for (const Layer &layer : layersOf(network))
      names[layer.value] = layer.name;
  }

  Object write() {
    Array inputs, outputs;
    for (BlockArgument argument : network.getArguments())
      inputs.push_back(describe(argument, inputName(network, argument.getArgNumber())));
    for (Operation &op : network.getBody().front().without_terminator())
      add(&op);
    for (auto [number, value] : llvm::enumerate(network.getBody().front().getTerminator()->getOperands())) {
      require(value);
      outputs.push_back(Object{{"name", outputName(network, number)}, {"value", numbers.at(value)}});
    }
    return Object{{"name", network.getSymName()},
                  {"inputs", std::move(inputs)},
                  {"outputs", std::move(outputs)},
                  {"ops", std::move(ops)}};
  }

private:
  Object describe(Value value, std::string name) {
    auto type = cast<RankedTensorType>(value.getType());
    Object object{{"value", numbers.try_emplace(value, numbers.size()).first->second},
                  {"axes", toJson(hvn::getAxes(type))},
                  {"shape", Array(type.getShape())}};
    if (!name.empty())
      object["name"] = std::move(name);
    if (hvn::isImage(type))
      object["image"] = true;
    return object;
  }

  Object opening(Operation *op, StringRef kind) {
    auto named = dyn_cast<NameLoc>(op->getLoc());
    return Object{{"op", kind},
                  {"layer", named ? named.getName().getValue() : op->getName().stripDialect()},
                  {"place", placeOf(op->getLoc())}};
  }

  void add(Operation *op) {
    if (evaluate(op))
      return;
    Array operands, results;
    for (Value operand : op->getOperands()) {
      require(operand);
      operands.push_back(numbers.at(operand));
    }
    for (Value result : op->getResults())
      results.push_back(describe(result, names.lookup(result)));
    Object attributes;
    for (NamedAttribute attribute : op->getAttrDictionary())
      attributes[attribute.getName().getValue()] = toJson(attribute.getValue());
    Object object = opening(op, op->getName().stripDialect());
    object["operands"] = std::move(operands);
    object["attributes"] = std::move(attributes);
    object["results"] = std::move(results);
    ops.push_back(std::move(object));
  }

  /// Computes what depends on constants alone. False if `op` does not.
  bool evaluate(Operation *op) {
    auto reference = dyn_cast<hvn::ReferenceInterface>(op);
    if (!reference || !llvm::all_of(op->getOperands(), [&](Value value) { return constants.contains(value); }))
      return false;
    auto operands = llvm::map_to_vector(
        op->getOperands(), [&](Value value) -> const hvn::Tensor * { return &constants.find(value)->second; });
    SmallVector<hvn::Tensor> results = reference.evaluate(operands);
    for (auto [result, tensor] : llvm::zip_equal(op->getResults(), results))
      constants.try_emplace(result, std::move(tensor));
    return true;
  }

  /// Writes `value` if it is a constant that has not been written yet.
  void require(Value value) {
    auto constant = constants.find(value);
    if (constant == constants.end() || numbers.contains(value))
      return;
    auto [known, isNew] = written.try_emplace({value.getType().getAsOpaquePointer(), constant->second.data}, value);
    if (!isNew) {
      numbers[value] = numbers.at(known->second);
      return;
    }
    Object object = opening(value.getDefiningOp(), "constant");
    object["results"] = Array{describe(value, "")};
    object["data"] = Array(llvm::map_range(constant->second.data, numberOf));
    ops.push_back(std::move(object));
  }

  func::FuncOp network;
  llvm::DenseMap<Value, std::string> names;
  llvm::DenseMap<Value, int64_t> numbers;
  llvm::DenseMap<Value, hvn::Tensor> constants;
  std::map<std::pair<const void *, std::vector<double>>, Value> written; ///< constants
  Array ops;
};
} // namespace

void fovea::describeNetwork(func::FuncOp network, llvm::raw_ostream &stream) {
  stream << llvm::formatv("{0:1}\n", llvm::json::Value(Description(network).write()));
}
