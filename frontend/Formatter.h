// The canonical form of `.net` text. GRAMMAR.md says what it is.
#ifndef FOVEA_FRONTEND_FORMATTER_H
#define FOVEA_FRONTEND_FORMATTER_H

#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/SourceMgr.h"
#include <optional>
#include <string>

namespace fovea {

/// The main file of `sources` in canonical form: of the same tree, with the same comments. Only lines between
/// statements, and where comments stand, are taken from the text. Nothing after a syntax error, which has been
/// reported through `context`; imports are not read.
std::optional<std::string> formatNet(llvm::SourceMgr &sources, mlir::MLIRContext *context);

} // namespace fovea

#endif
