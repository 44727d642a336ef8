// A network at several values of its parameter `size`, in one module.
#ifndef FOVEA_FRONTEND_SIZES_H
#define FOVEA_FRONTEND_SIZES_H

#include "frontend/Import.h"
#include "frontend/SourceFiles.h"

namespace fovea::net {

/// Evaluates the network of `file` at each of the sizes in `options`, of which there is at least one: a module as
/// importNet describes it. The networks may differ in the shapes of their inputs and outputs alone, and in those of the
/// inputs they must. Null after an error, which has been reported.
mlir::OwningOpRef<mlir::ModuleOp> evaluateSizes(const SourceFiles &source, const ast::File &file,
                                                const ImportOptions &options);

} // namespace fovea::net

#endif
