// The user's text: what it is, and how it is shown.
#ifndef FOVEA_COMPILER_TOOLS_SOURCETEXT_H
#define FOVEA_COMPILER_TOOLS_SOURCETEXT_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/SourceMgr.h"
#include <string>

namespace fovea {

/// What a file is that is no text at all; empty for text.
std::string kindOfBinary(llvm::StringRef bytes);

/// Prints a diagnostic to stderr so that no character of the user's file acts on the terminal: those that control it or
/// turn the direction of text (Unicode's bidirectional marks) become question marks, one per byte, so that the caret
/// stays in its place. For llvm::SourceMgr::setDiagHandler.
void printTamed(const llvm::SMDiagnostic &diagnostic, void *);

} // namespace fovea

#endif
