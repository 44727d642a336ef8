// The parts of Fovea that are in Python.
#ifndef FOVEA_COMPILER_TOOLS_RUNPYTHON_H
#define FOVEA_COMPILER_TOOLS_RUNPYTHON_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace fovea {

/// The path of this program.
std::string thisProgram();

/// Runs `main` of the module `module` of the package `fovea`, found from the place of this program, with `arguments`,
/// on $FOVEA_PYTHON or the first python3 on the PATH. Returns its exit code; what is wrong has been reported. `command`
/// is the subcommand that needs it.
int runPython(llvm::StringRef command, llvm::StringRef module, llvm::ArrayRef<llvm::StringRef> arguments);

} // namespace fovea

#endif
