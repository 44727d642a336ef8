#include "frontend/SourceFile.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace fovea::net;

SourceFile::SourceFile(llvm::SourceMgr &sources, mlir::MLIRContext *context) {
  const llvm::MemoryBuffer *buffer = sources.getMemoryBuffer(sources.getMainFileID());
  contents = buffer->getBuffer();
  name = mlir::StringAttr::get(context, buffer->getBufferIdentifier());
}

mlir::FileLineColLoc SourceFile::location(ast::Place place) const {
  return mlir::FileLineColLoc::get(name, place.line, place.column);
}
