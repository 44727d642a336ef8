// From a network to a library.
#ifndef FOVEA_COMPILER_TOOLS_BUILDLIBRARY_H
#define FOVEA_COMPILER_TOOLS_BUILDLIBRARY_H

#include "compiler/halide/Compile.h"
#include "compiler/tools/Network.h"
#include <optional>

namespace fovea {

/// What `fovea compile` was asked for.
struct CompileRequest {
  NetworkFile network;
  std::string weights; ///< of a library
  std::string target = "host";
  std::string output;        ///< folder of a library, file of a stage; empty: here, stdout
  std::string name;          ///< of the network, if not its own
  std::string linker;        ///< if not the usual one
  std::string dumpFolder;    ///< for the module after each pass
  std::optional<Stage> emit; ///< print this stage instead of making a library
  int jobs = 0;              ///< kernels compiled at the same time; 0: as many as there are CPUs
  bool fuse = true;
  bool quiet = false;
};

/// Sets `options` for the request.
int stageOptions(const CompileRequest &request, StageOptions &options);

/// Compiles the kernels of a network that is at Stage::kernels or Stage::host.
int compileNetworkKernels(Network &network, const CompileRequest &request, const TargetInfo &target, Progress &progress,
                          std::vector<KernelObject> &objects);

/// Notes on the program what its kernels need, and what the request calls it.
int annotateProgram(Network &network, const CompileRequest &request, const TargetInfo &target,
                    llvm::ArrayRef<KernelObject> objects);

/// Writes `lib<N>.so`, `lib<N>.a`, `<N>.h` and `<N>.json`, all or none, and says so on stderr. Returns the exit code;
/// errors have been reported. On success `library` is the path of the .so.
int buildLibrary(const CompileRequest &request, std::string &library);

/// Prints the stage that the request asks for.
int emitStage(const CompileRequest &request);

} // namespace fovea

#endif
