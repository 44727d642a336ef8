// A network on its way through the stages.
#ifndef FOVEA_COMPILER_TOOLS_NETWORK_H
#define FOVEA_COMPILER_TOOLS_NETWORK_H

#include "compiler/tools/Progress.h"
#include "compiler/tools/Stages.h"
#include "compiler/tools/ToolError.h"
#include "frontend/Import.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/SourceMgr.h"

namespace fovea {

/// What the user names on the command line: a file with values for its parameters.
struct NetworkFile {
  std::string path;                    ///< `.net` text, or the printed module of any stage (`.mlir`)
  std::vector<std::string> parameters; ///< "name=value"
  std::string sizes;                   ///< values for the parameter `size` with commas between them, if wanted

  bool isPrintedModule() const { return llvm::StringRef(path).ends_with(".mlir"); }
};

/// Prints `error` and returns the exit code it calls for: exitNoResources when something has run out or is missing on
/// the machine, exitInternalError when linking failed.
int fail(llvm::Error error);

/// Owns the context and the module. Every method that can fail reports why and returns an exit code.
class Network {
public:
  explicit Network(Progress &progress);

  /// Reads `file` up to Stage::hvn, or whatever stage a printed module is in.
  int read(const NetworkFile &file);
  /// The same for what takes one value of each size: `what` refuses parameters with bounds.
  int readFixed(const NetworkFile &file, llvm::StringRef what);
  /// Prints the syntax tree of `file`.
  int printAst(const NetworkFile &file, llvm::raw_ostream &stream);

  /// Writes the module to a numbered file in `folder` now and after every pass.
  int dumpTo(llvm::StringRef folder);

  /// Runs the passes that lead from the present stage to `stage`.
  int advance(Stage stage, const StageOptions &options);

  mlir::ModuleOp getModule() const { return *module; }
  Stage getStage() const { return stage; }
  /// Who answers for what is wrong with the module: the user, who gave it in print, or the compiler.
  ExitCode faultCode() const { return isPrinted ? exitUserError : exitInternalError; }
  /// Reads a schedule file; its places can be shown by diagnostics.
  int readSchedules(llvm::StringRef path, std::shared_ptr<const ScheduleFile> &schedules);
  /// The text that was read: of the network, then of each file that it imports.
  std::string text() const;

  /// Prints the module with the names and places of its ops, so that it can be read again without loss.
  static void print(mlir::Operation *module, llvm::raw_ostream &stream);

private:
  class Observer;
  int load(const NetworkFile &file);
  int parseParameters(const NetworkFile &file, ImportOptions &options);
  int parseSizes(const NetworkFile &file, ImportOptions &options);

  Progress &progress;
  mlir::MLIRContext context;
  llvm::SourceMgr sources;
  mlir::SourceMgrDiagnosticHandler handler;
  ErrorIdHandler ids;
  mlir::ScopedDiagnosticHandler wiper; ///< clears the progress before a diagnostic is printed
  mlir::OwningOpRef<mlir::ModuleOp> module;
  Stage stage = Stage::ast;
  unsigned fileCount = 0; ///< of `sources`, those that are the network's text
  bool isPrinted = false;
  std::string dumpFolder;
  int dumps = 0;
};

} // namespace fovea

#endif
