// The files being read: where diagnostics point.
#ifndef FOVEA_FRONTEND_SOURCEFILES_H
#define FOVEA_FRONTEND_SOURCEFILES_H

#include "frontend/Ast.h"
#include "frontend/ErrorIds.h"
#include "frontend/FileIO.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/SourceMgr.h"

namespace fovea::net {

/// The main file of a source manager, number 0, and those that it imports. All errors of the frontend start here.
class SourceFiles {
public:
  SourceFiles(llvm::SourceMgr &sources, mlir::MLIRContext *context);

  /// Takes in a file that is imported at `importedAt`; gives its number.
  unsigned add(std::unique_ptr<llvm::MemoryBuffer> buffer, ast::Place importedAt);

  llvm::StringRef text(unsigned file) const { return files[file].text; }
  llvm::StringRef name(unsigned file) const { return files[file].name.strref(); }
  mlir::MLIRContext *getContext() const { return context; }
  mlir::FileLineColLoc location(ast::Place place) const;

  mlir::InFlightDiagnostic error(ErrorId id, ast::Place place) const { return userError(id, location(place)); }

  /// Tells of an error in an imported file where that is imported.
  void explainImports(mlir::Diagnostic &diagnostic) const;

private:
  struct File {
    llvm::StringRef text;
    mlir::StringAttr name;
    std::optional<ast::Place> importedAt;
  };

  llvm::SourceMgr &sources;
  mlir::MLIRContext *context;
  std::vector<File> files;
};

} // namespace fovea::net

#endif
