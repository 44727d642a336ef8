#include "frontend/Import.h"
#include "dialect/HvnDialect.h"
#include "frontend/BoundedSizes.h"
#include "frontend/Evaluator.h"
#include "frontend/Imports.h"
#include "frontend/Parser.h"
#include "frontend/Sizes.h"
#include "mlir/IR/Verifier.h"

using namespace fovea;

std::optional<ast::File> fovea::parseNet(llvm::SourceMgr &sources, mlir::MLIRContext *context) {
  ErrorIdHandler ids(context);
  net::SourceFiles source(sources, context);
  return net::Parser(source).parseFile();
}

static llvm::LogicalResult requireNetwork(const net::SourceFiles &source, const ast::File &file) {
  if (file.network)
    return llvm::success();
  return source.error(ErrorId::NetworkCount, file.end)
         << "expected a network: 'network NAME(...) { ... }', found the end of the file"
         << (file.blocks.empty() ? "" : "; it has blocks only, for others to import");
}

mlir::OwningOpRef<mlir::ModuleOp> fovea::importNet(llvm::SourceMgr &sources, mlir::MLIRContext *context,
                                                   const ImportOptions &options) {
  context->loadDialect<hvn::HvnDialect, mlir::func::FuncDialect>();
  ErrorIdHandler ids(context, ErrorId::Shape);
  net::SourceFiles source(sources, context);
  mlir::ScopedDiagnosticHandler handler(context, [&](mlir::Diagnostic &diagnostic) {
    source.explainImports(diagnostic);
    return mlir::failure(); // not handled: it goes on to whoever prints it
  });
  std::optional<ast::File> file = net::Parser(source).parseFile();
  if (!file || failed(requireNetwork(source, *file)) || failed(net::readImports(source, *file)))
    return nullptr;
  llvm::SmallVector<BoundedSize> bounded;
  if (failed(net::findBoundedSizes(source, *file, options, bounded)))
    return nullptr;
  mlir::OwningOpRef<mlir::ModuleOp> module = !bounded.empty() ? net::evaluateBounded(source, *file, options, bounded)
                                             : options.sizes.empty() ? net::Evaluator(source, *file).run(options)
                                                                     : net::evaluateSizes(source, *file, options);
  if (!module || failed(mlir::verify(*module)))
    return nullptr;
  return module;
}
