// How a `.net` file calls a layer: the bridge between the frontend and the op definitions.
#ifndef FOVEA_DIALECT_LAYER_H
#define FOVEA_DIALECT_LAYER_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/OperationSupport.h"
#include "llvm/ADT/StringMap.h"
#include <string>
#include <variant>

namespace fovea::hvn {

/// Axes and what is said about each, in the order written.
using AxisValues = llvm::SmallVector<std::pair<std::string, llvm::SmallVector<int64_t>>>;

/// An argument's value once the `.net` file has been evaluated.
using LayerValue = std::variant<bool, int64_t, double, std::string, llvm::SmallVector<int64_t>,
                                llvm::SmallVector<double>, llvm::SmallVector<std::string>, AxisValues>;

/// One argument of a layer.
struct LayerArgument {
  enum Kind {
    Tensor,         ///< an input; operands of the op in the order of the signature
    OptionalTensor, ///< one that the call may leave out
    Tensors,        ///< a list of at least one
    Bool,           ///< true or false
    Integer,        ///< a whole number
    Integers,       ///< a list of whole numbers, or one alone, which is an Integer then
    Pair,           ///< [vertical, horizontal]; one number stands for both
    Number,         ///< an integer or a decimal fraction
    Numbers,        ///< a list of these, or one alone
    Word,           ///< a string, one of `choices`
    Axes,           ///< a list of axis names, not evaluated: [h, w]
    Axis,           ///< one axis name, not evaluated: c
    AxisValues, ///< all arguments that have an axis for a name, with integers: h=7, w=[0, 3]; the last of a signature
  };
  llvm::StringRef name;
  Kind kind;
  llvm::StringRef help;
  /// Taken when the call does not give the argument; without one the argument must be given.
  std::optional<LayerValue> fallback = std::nullopt;
  llvm::SmallVector<llvm::StringRef> choices = {};

  bool isTensor() const { return kind == Tensor || kind == OptionalTensor || kind == Tensors; }
  bool isRequired() const { return !fallback && kind != OptionalTensor && kind != AxisValues; }
};

struct LayerSignature {
  llvm::SmallVector<LayerArgument> arguments;
  llvm::StringRef help;
};

/// A call with every argument of the signature bound.
struct LayerCall {
  llvm::SmallVector<mlir::RankedTensorType> inputs; ///< all tensors given, in the order of the signature
  llvm::StringMap<LayerValue> values;
  llvm::StringMap<mlir::RankedTensorType> tensors; ///< those of the kinds Tensor and OptionalTensor, by name
  /// Starts an error at the place of the argument called `name`, or of the call if that argument is not written there.
  llvm::function_ref<mlir::InFlightDiagnostic(llvm::StringRef name)> emitError;
  mlir::MLIRContext *context = nullptr;

  int64_t getInteger(llvm::StringRef name) const { return std::get<int64_t>(values.at(name)); }
  bool isInteger(llvm::StringRef name) const { return std::holds_alternative<int64_t>(values.at(name)); }
  bool getBool(llvm::StringRef name) const { return std::get<bool>(values.at(name)); }
  /// Null if the call leaves it out.
  mlir::RankedTensorType getTensor(llvm::StringRef name) const { return tensors.lookup(name); }
  bool has(llvm::StringRef name) const { return tensors.contains(name); }
  const std::string &getWord(llvm::StringRef name) const { return std::get<std::string>(values.at(name)); }
  llvm::ArrayRef<int64_t> getIntegers(llvm::StringRef name) const {
    return std::get<llvm::SmallVector<int64_t>>(values.at(name));
  }
  /// Empty if the call names no axis.
  const AxisValues &getAxisValues(llvm::StringRef name) const { return std::get<AxisValues>(values.at(name)); }
  double getNumber(llvm::StringRef name) const { return std::get<double>(values.at(name)); }
  llvm::ArrayRef<double> getNumbers(llvm::StringRef name) const {
    return std::get<llvm::SmallVector<double>>(values.at(name));
  }
  /// Of a Pair: {vertical, horizontal}.
  llvm::ArrayRef<int64_t> getPair(llvm::StringRef name) const {
    return std::get<llvm::SmallVector<int64_t>>(values.at(name));
  }
  /// Of Axes, or the single name of an Axis.
  llvm::ArrayRef<std::string> getAxes(llvm::StringRef name) const {
    return std::get<llvm::SmallVector<std::string>>(values.at(name));
  }
};

/// What a call comes to: its parameters become the operands after the inputs.
struct ResolvedLayer {
  struct Parameter {
    std::string name; ///< the last part of the key, such as "weight"
    llvm::SmallVector<int64_t> shape;
    llvm::SmallVector<llvm::StringRef> axes;
  };
  llvm::SmallVector<Parameter> parameters;
  mlir::NamedAttrList attributes;
  /// The call's value is its one parameter: there is no op.
  bool isParameter = false;
};

} // namespace fovea::hvn

#endif
