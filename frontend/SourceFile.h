// The file being read: where diagnostics point.
#ifndef FOVEA_FRONTEND_SOURCEFILE_H
#define FOVEA_FRONTEND_SOURCEFILE_H

#include "frontend/Ast.h"
#include "frontend/FileIO.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/SourceMgr.h"

namespace fovea::net {

/// The main file of a source manager. All errors of the frontend start here.
class SourceFile {
public:
  SourceFile(llvm::SourceMgr &sources, mlir::MLIRContext *context);

  llvm::StringRef text() const { return contents; }
  mlir::MLIRContext *getContext() const { return name.getContext(); }
  mlir::FileLineColLoc location(ast::Place place) const;

  mlir::InFlightDiagnostic error(ast::Place place) const { return mlir::emitError(location(place)); }

private:
  llvm::StringRef contents;
  mlir::StringAttr name;
};

} // namespace fovea::net

#endif
