// From a network to a library.
#ifndef FOVEA_COMPILER_TOOLS_BUILDLIBRARY_H
#define FOVEA_COMPILER_TOOLS_BUILDLIBRARY_H

#include "compiler/tools/CompileRequest.h"

namespace fovea {

/// Writes `lib<N>.so`, `lib<N>.a`, `<N>.h` and `<N>.json`, all or none, and says so on stderr. Returns the exit code;
/// errors have been reported. On success `library` is the path of the .so.
int buildLibrary(const CompileRequest &request, std::string &library);

/// Prints the stage that the request asks for.
int emitStage(const CompileRequest &request);

} // namespace fovea

#endif
