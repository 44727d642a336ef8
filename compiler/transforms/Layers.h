// The layers of a network, and how their values are told apart in a library that keeps them.
#ifndef FOVEA_COMPILER_TRANSFORMS_LAYERS_H
#define FOVEA_COMPILER_TRANSFORMS_LAYERS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace fovea {

/// A value that a layer of the network as written makes.
struct Layer {
  std::string name; ///< unique, stable, and the name of a file: letters, digits, `.`, `_`, `-`
  mlir::Value value;
};

/// The layer table of a network at stage hvn, in program order. A layer is called as its scope in the `.net` file, or
/// scope and kind where it has none of its own; the second of a name gets `.2` behind it, a part of several results
/// `.part0`.
std::vector<Layer> layersOf(mlir::func::FuncOp network);

/// The number of the output that each of `values` is in a library that keeps them: that of the network's own output it
/// is already, else one behind those of the network, in order.
std::vector<unsigned> keptOutputs(mlir::func::FuncOp network, llvm::ArrayRef<mlir::Value> values);

/// Where in the `.net` file `location` is, as `file:line`; empty if it does not say.
std::string placeText(mlir::Location location);

} // namespace fovea

#endif
