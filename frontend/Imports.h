// Reading of the files that a `.net` file imports.
#ifndef FOVEA_FRONTEND_IMPORTS_H
#define FOVEA_FRONTEND_IMPORTS_H

#include "frontend/SourceFiles.h"

namespace fovea::net {

/// Reads what `main` imports, and what that imports, each file once, and adds its blocks to those of `main`. A file is
/// found beneath the folder of the one that names it, also when folders on the way are links. Failure, and reported,
/// if a file is elsewhere, missing, no regular file, wrong, has a network, or imports itself through others.
llvm::LogicalResult readImports(SourceFiles &sources, ast::File &main);

} // namespace fovea::net

#endif
