#include "frontend/SourceFiles.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace fovea;
using namespace fovea::net;

static constexpr size_t maxImportNotes = 5;

SourceFiles::SourceFiles(llvm::SourceMgr &sources, mlir::MLIRContext *context) : sources(sources), context(context) {
  const llvm::MemoryBuffer *buffer = sources.getMemoryBuffer(sources.getMainFileID());
  files.push_back({buffer->getBuffer(), mlir::StringAttr::get(context, buffer->getBufferIdentifier()), std::nullopt});
}

unsigned SourceFiles::add(std::unique_ptr<llvm::MemoryBuffer> buffer, ast::Place importedAt) {
  files.push_back({buffer->getBuffer(), mlir::StringAttr::get(context, buffer->getBufferIdentifier()), importedAt});
  sources.AddNewSourceBuffer(std::move(buffer), llvm::SMLoc());
  return files.size() - 1;
}

mlir::FileLineColLoc SourceFiles::location(ast::Place place) const {
  return mlir::FileLineColLoc::get(files[place.file].name, place.line, place.column);
}

void SourceFiles::explainImports(mlir::Diagnostic &diagnostic) const {
  auto place = diagnostic.getLocation()->findInstanceOf<mlir::FileLineColLoc>();
  if (!place || diagnostic.getSeverity() != mlir::DiagnosticSeverity::Error)
    return;
  const auto *file = llvm::find_if(files, [&](const File &file) { return file.name == place.getFilename(); }).base();
  if (file == files.data() + files.size())
    return;
  for (size_t notes = 0; file->importedAt && notes < maxImportNotes; ++notes) {
    diagnostic.attachNote(location(*file->importedAt)) << "imported here";
    file = &files[file->importedAt->file];
  }
}
