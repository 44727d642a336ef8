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

/// An argument's value once the `.net` file has been evaluated.
using LayerValue = std::variant<bool, int64_t, double, llvm::SmallVector<int64_t>, llvm::SmallVector<std::string>>;

/// One argument of a layer.
struct LayerArgument {
  enum Kind {
    Tensor,  ///< an input; operands of the op in the order of the signature
    Bool,    ///< true or false
    Integer, ///< a whole number
    Pair,    ///< [vertical, horizontal]; one number stands for both
    Number,  ///< an integer or a decimal fraction
    Axes,    ///< a list of axis names, not evaluated: [h, w]
    Axis,    ///< one axis name, not evaluated: c
  };
  llvm::StringRef name;
  Kind kind;
  llvm::StringRef help;
  /// Taken when the call does not give the argument; without one the argument must be given.
  std::optional<LayerValue> fallback = std::nullopt;
};

struct LayerSignature {
  llvm::SmallVector<LayerArgument> arguments;
  llvm::StringRef help;
};

/// A call with every argument of the signature bound.
struct LayerCall {
  llvm::SmallVector<mlir::RankedTensorType> inputs;
  llvm::StringMap<LayerValue> values;
  /// Starts an error at the place of the argument called `name`, or of the call if that argument is not written there.
  llvm::function_ref<mlir::InFlightDiagnostic(llvm::StringRef name)> emitError;

  int64_t getInteger(llvm::StringRef name) const { return std::get<int64_t>(values.at(name)); }
  bool getBool(llvm::StringRef name) const { return std::get<bool>(values.at(name)); }
  double getNumber(llvm::StringRef name) const { return std::get<double>(values.at(name)); }
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
};

} // namespace fovea::hvn

#endif
