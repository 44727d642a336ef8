#include "compiler/tools/ToolError.h"
#include "compiler/host/Library.h"

#include "llvm/Support/WithColor.h"

using namespace fovea;

char ToolError::ID = 0;

static ExitCode exitCodeFor(const llvm::ErrorInfoBase &error) {
  if (error.isA<ToolError>())
    return static_cast<const ToolError &>(error).getCode();
  if (!error.isA<LibraryError>())
    return exitUserError;
  switch (static_cast<const LibraryError &>(error).getCode()) {
  case FOVEA_ERROR_OPTIONS:
  case FOVEA_ERROR_UNSUPPORTED:
  case FOVEA_ERROR_WEIGHTS:
    return exitUserError;
  case FOVEA_ERROR_MEMORY:
  case FOVEA_ERROR_THREAD:
    return exitNoResources;
  default: // the tools pass buffers that fit
    return exitInternalError;
  }
}

int fovea::reportError(llvm::Error error) {
  ExitCode code = exitSuccess;
  llvm::handleAllErrors(std::move(error), [&](const llvm::ErrorInfoBase &info) {
    llvm::WithColor::error(llvm::errs(), "fovea") << info.message() << '\n';
    code = std::max(code, exitCodeFor(info));
  });
  return code;
}
