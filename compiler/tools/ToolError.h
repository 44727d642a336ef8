// Exit codes of the tools, and how errors are shown.
#ifndef FOVEA_COMPILER_TOOLS_TOOLERROR_H
#define FOVEA_COMPILER_TOOLS_TOOLERROR_H

#include "frontend/ErrorIds.h"

namespace fovea {

enum ExitCode { exitSuccess = 0, exitUserError = 1, exitUsageError = 2, exitInternalError = 3, exitNoResources = 4 };

/// An error that calls for another exit code than exitUserError. Those of usage have an id.
class ToolError : public llvm::ErrorInfo<ToolError> {
public:
  static char ID;

  ToolError(ExitCode code, const std::string &text, ErrorId id = ErrorId::Usage)
      : code(code), text(code == exitUsageError ? withId(id, text) : text) {}

  ExitCode getCode() const { return code; }
  void log(llvm::raw_ostream &stream) const override { stream << text; }
  std::error_code convertToErrorCode() const override { return llvm::inconvertibleErrorCode(); }

private:
  ExitCode code;
  std::string text;
};

/// Prints `fovea: error: ...` to stderr and returns the exit code: that of a ToolError, what a LibraryError calls for,
/// and exitUserError for any other error.
int reportError(llvm::Error error);

} // namespace fovea

#endif
