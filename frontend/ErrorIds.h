// Every error of the user's has an id, in brackets at the end of its message: `fovea explain ID` says more.
#ifndef FOVEA_FRONTEND_ERRORIDS_H
#define FOVEA_FRONTEND_ERRORIDS_H

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"

namespace fovea {

enum class ErrorId {
#define ERROR_ID(NAME, ID, EXPLANATION) NAME,
#include "frontend/ErrorIds.def"
};

struct ErrorInfo {
  llvm::StringLiteral id, explanation;
};

/// All of them, in the order of ErrorId.
llvm::ArrayRef<ErrorInfo> errorInfos();

/// `text` with ` [id]` behind it.
std::string withId(ErrorId id, const llvm::Twine &text);

/// An error without a place in a text.
llvm::Error userError(ErrorId id, const llvm::Twine &text);

/// An error at a place; `location` is in a user's text. What is streamed into it is the message; the id is put behind
/// it by an ErrorIdHandler.
mlir::InFlightDiagnostic userError(ErrorId id, mlir::Location location);

/// While it lives, errors of `context` that have an id show it. What is reported without one gets `fallback`: what an
/// op says while a network is built.
class ErrorIdHandler : public mlir::ScopedDiagnosticHandler {
public:
  explicit ErrorIdHandler(mlir::MLIRContext *context, std::optional<ErrorId> fallback = std::nullopt);
};

} // namespace fovea

#endif
