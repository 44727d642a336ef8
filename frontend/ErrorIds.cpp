#include "frontend/ErrorIds.h"

using namespace fovea;

static constexpr ErrorInfo infos[] = {
#define ERROR_ID(NAME, ID, EXPLANATION) {ID, EXPLANATION},
#include "frontend/ErrorIds.def"
};

llvm::ArrayRef<ErrorInfo> fovea::errorInfos() { return infos; }

std::string fovea::withId(ErrorId id, const llvm::Twine &text) { return (text + " [" + infos[int(id)].id + "]").str(); }

llvm::Error fovea::userError(ErrorId id, const llvm::Twine &text) { return llvm::createStringError(withId(id, text)); }

mlir::InFlightDiagnostic fovea::userError(ErrorId id, mlir::Location location) {
  mlir::InFlightDiagnostic diagnostic = mlir::emitError(location);
  diagnostic.getUnderlyingDiagnostic()->getMetadata().push_back(mlir::DiagnosticArgument(unsigned(id)));
  return diagnostic;
}

ErrorIdHandler::ErrorIdHandler(mlir::MLIRContext *context, std::optional<ErrorId> fallback)
    : ScopedDiagnosticHandler(context) {
  setHandler([fallback](mlir::Diagnostic &diagnostic) {
    auto &metadata = diagnostic.getMetadata();
    std::optional<ErrorId> id = fallback;
    if (!metadata.empty())
      id = ErrorId(metadata.pop_back_val().getAsUnsigned());
    if (id && diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error)
      diagnostic << withId(*id, "");
    return llvm::failure(); // not handled: it goes on to whoever prints it
  });
}
