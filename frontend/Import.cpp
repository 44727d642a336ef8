#include "frontend/Import.h"
#include "dialect/HvnDialect.h"
#include "frontend/Evaluator.h"
#include "frontend/Parser.h"
#include "mlir/IR/Verifier.h"

using namespace fovea;

std::optional<ast::File> fovea::parseNet(llvm::SourceMgr &sources, mlir::MLIRContext *context) {
  net::SourceFile source(sources, context);
  return net::Parser(source).parseFile();
}

mlir::OwningOpRef<mlir::ModuleOp> fovea::importNet(llvm::SourceMgr &sources, mlir::MLIRContext *context,
                                                   const ImportOptions &options) {
  context->loadDialect<hvn::HvnDialect, mlir::func::FuncDialect>();
  net::SourceFile source(sources, context);
  std::optional<ast::File> file = net::Parser(source).parseFile();
  if (!file)
    return nullptr;
  mlir::OwningOpRef<mlir::ModuleOp> module = net::Evaluator(source, *file).run(options);
  if (!module || failed(mlir::verify(*module)))
    return nullptr;
  return module;
}
