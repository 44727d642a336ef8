// `.net` text to a module in the dialect hvn.
#ifndef FOVEA_FRONTEND_IMPORT_H
#define FOVEA_FRONTEND_IMPORT_H

#include "frontend/Ast.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/SourceMgr.h"

namespace fovea {

struct ImportOptions {
  /// Values for the network's parameters, by name, as given on the command line.
  std::vector<std::pair<std::string, std::string>> parameters;
  /// Values of the parameter `size`, each once and ascending; empty: it is a parameter like others.
  std::vector<int64_t> sizes;
};

/// Parses the main file of `sources`. Nothing after an error, which has been reported through `context`. The tree
/// points into the text that `sources` holds.
std::optional<ast::File> parseNet(llvm::SourceMgr &sources, mlir::MLIRContext *context);

/// Parses and evaluates the main file of `sources` and the files that it imports, which are added to `sources`: a
/// module with one function named after the network, whose arguments and results have an attribute `hvn.name`; the
/// module's attribute `hvn.ignore` lists the patterns (`*` and `?`) of keys in the weights that the network leaves
/// unused. For several sizes there is a function for each, `NAME_64` with the attribute `hvn.size`; for bounded sizes
/// one at the largest, with the attribute `hvn.bounds`, and samples of others, with `hvn.sample`. Null after an error,
/// which has been reported through `context`.
mlir::OwningOpRef<mlir::ModuleOp> importNet(llvm::SourceMgr &sources, mlir::MLIRContext *context,
                                            const ImportOptions &options);

} // namespace fovea

#endif
