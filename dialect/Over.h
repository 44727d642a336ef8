// What layers over named axes share: `over=[h, w]`.
#ifndef FOVEA_DIALECT_OVER_H
#define FOVEA_DIALECT_OVER_H

#include "dialect/HvnOps.h"

namespace fovea::hvn {

/// Fails with a message unless `over` names at least one axis, and all of them are axes of `input`.
llvm::LogicalResult checkOver(std::optional<mlir::Location> location, mlir::Type input, AxesAttr over);

/// Sets the attribute `over` from the call's argument; fails with an error at its place unless the first input has all
/// axes.
llvm::LogicalResult resolveOver(const LayerCall &call, ResolvedLayer &layer);

} // namespace fovea::hvn

#endif
