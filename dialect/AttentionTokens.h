// What attention layers say about their operands' axes: batch, tokens, heads.
#ifndef FOVEA_DIALECT_ATTENTIONTOKENS_H
#define FOVEA_DIALECT_ATTENTIONTOKENS_H

#include "dialect/HvnOps.h"

namespace fovea::hvn {

/// Axes and their sizes, the first outermost.
using Places = llvm::SmallVector<std::pair<llvm::StringRef, int64_t>>;

/// `axes`, with their sizes in `type`.
Places placesOf(mlir::Type type, AxesAttr axes);

/// The axes of `type` that are neither tokens nor c.
Places batchOf(mlir::Type type, AxesAttr tokens);

/// How many places there are.
int64_t countPlaces(const Places &places);

/// Offsets in `tensor` of all `places`, in their order; axes that it lacks or has with size 1 are broadcast.
llvm::SmallVector<int64_t> offsetsOf(const Tensor &tensor, const Places &places);

/// Checks the constraints that attention layers share, C1 to C4.
llvm::LogicalResult checkTokens(std::optional<mlir::Location> location, llvm::StringRef layer, mlir::Type query,
                                mlir::Type key, mlir::Type value, AxesAttr queries, AxesAttr keys, int64_t heads);

/// Of a call with the arguments query, key, value, batch and heads: sets the attributes queries, keys and heads.
llvm::LogicalResult resolveTokens(const LayerCall &call, ResolvedLayer &layer);

} // namespace fovea::hvn

#endif
