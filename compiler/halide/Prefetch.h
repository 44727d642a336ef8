// What kernels fetch ahead.
#ifndef FOVEA_COMPILER_HALIDE_PREFETCH_H
#define FOVEA_COMPILER_HALIDE_PREFETCH_H

#include <Halide.h>

namespace fovea::halide {

/// Has what lowered loops fetch ahead stay in the level-2 cache. Halide's own prefetch is for data that is read once,
/// and what the level-1 cache then evicts is fetched from afar again; a panel of weights is read for each tile of
/// pixels.
void fetchToLevel2(Halide::Module &module);

} // namespace fovea::halide

#endif
