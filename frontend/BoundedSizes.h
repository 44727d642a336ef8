// A network whose sizes each call chooses within bounds: sampled at some of them.
#ifndef FOVEA_FRONTEND_BOUNDEDSIZES_H
#define FOVEA_FRONTEND_BOUNDEDSIZES_H

#include "dialect/Extents.h"
#include "frontend/Import.h"
#include "frontend/SourceFiles.h"

namespace fovea::net {

/// The parameters of the network of `file` that are left open within bounds, by its text or by `options`, where a value
/// like "32..2048 step 32" says so.
llvm::LogicalResult findBoundedSizes(const SourceFiles &source, const ast::File &file, const ImportOptions &options,
                                     llvm::SmallVectorImpl<BoundedSize> &sizes);

/// Evaluates the network at the largest sizes and at samples of others: a module as importNet describes it, in which
/// the inputs and outputs have an attribute `hvn.extents`, a map from numbers of steps per axis. The networks are the
/// same but for shapes, at the least sizes and between as well, and each size is the length of an axis of an input.
/// Null after an error, which has been reported.
mlir::OwningOpRef<mlir::ModuleOp> evaluateBounded(const SourceFiles &source, const ast::File &file,
                                                  const ImportOptions &options, llvm::ArrayRef<BoundedSize> sizes);

} // namespace fovea::net

#endif
