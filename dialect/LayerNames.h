// The layers that an op or a kernel was made of.
#ifndef FOVEA_DIALECT_LAYERNAMES_H
#define FOVEA_DIALECT_LAYERNAMES_H

#include "mlir/IR/Location.h"
#include "llvm/ADT/SetVector.h"

namespace fovea {

/// The named places in `location`, each once, in order: a layer's name around its place in the `.net` file.
llvm::SetVector<mlir::NameLoc> layersIn(mlir::Location location);

/// The names alone, each once: one layer may have several places.
llvm::SetVector<llvm::StringRef> layerNamesIn(mlir::Location location);

} // namespace fovea

#endif
