// fovea-translate: `.net` text to hvn, with MLIR's options for testing diagnostics.
#include "dialect/HvnDialect.h"
#include "frontend/Import.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Tools/mlir-translate/MlirTranslateMain.h"
#include "mlir/Tools/mlir-translate/Translation.h"
#include "llvm/Support/CommandLine.h"

static llvm::cl::list<std::string> parameters("p", llvm::cl::desc("Sets a parameter of the network"),
                                              llvm::cl::value_desc("name=value"));

static mlir::OwningOpRef<mlir::Operation *> importNet(llvm::SourceMgr &sources, mlir::MLIRContext *context) {
  fovea::ImportOptions options;
  for (llvm::StringRef parameter : parameters) {
    auto [name, value] = parameter.split('=');
    options.parameters.emplace_back(name, value);
  }
  return fovea::importNet(sources, context, options).release().getOperation();
}

static mlir::LogicalResult printAst(llvm::SourceMgr &sources, llvm::raw_ostream &os, mlir::MLIRContext *context) {
  mlir::SourceMgrDiagnosticHandler handler(sources, context);
  std::optional<fovea::ast::File> file = fovea::parseNet(sources, context);
  if (!file)
    return mlir::failure();
  fovea::printAst(*file, os);
  return mlir::success();
}

int main(int argc, char **argv) {
  auto registerDialects = [](mlir::DialectRegistry &registry) {
    registry.insert<fovea::hvn::HvnDialect, mlir::func::FuncDialect>();
  };
  mlir::TranslateToMLIRRegistration import("import-net", "Reads a .net file as a module in the dialect hvn", importNet,
                                           registerDialects);
  mlir::TranslateRegistration ast("net-to-ast", "Prints the syntax tree of a .net file",
                                  [](const std::shared_ptr<llvm::SourceMgr> &sources, llvm::raw_ostream &os,
                                     mlir::MLIRContext *context) { return printAst(*sources, os, context); });
  return failed(mlir::mlirTranslateMain(argc, argv, "Fovea translation tool\n"));
}
