// What `fovea compile` was asked for, and what all its outcomes have in common.
#ifndef FOVEA_COMPILER_TOOLS_COMPILEREQUEST_H
#define FOVEA_COMPILER_TOOLS_COMPILEREQUEST_H

#include "compiler/halide/Compile.h"
#include "compiler/tools/Network.h"
#include <optional>

namespace fovea {

/// The arguments of `fovea compile`.
struct CompileRequest {
  NetworkFile network;
  std::string weights;         ///< of a library
  std::string target = "host"; ///< names, with commas between them
  std::string output;          ///< folder of a library, file of a stage; empty: here, stdout
  std::string name;            ///< of the network, if not its own
  std::string linker;          ///< if not the usual one
  std::string dumpFolder;      ///< for the module after each pass
  std::string schedule;        ///< file of schedules to use, if any
  std::string scheduleOut;     ///< file for the schedules that are used, if wanted
  std::optional<Stage> emit;   ///< print this stage instead of making a library
  int batch = 1;               ///< images in a run of the library
  int jobs = 0;                ///< kernels compiled at the same time; 0: as many as there are CPUs
  int seconds = 60;            ///< that compiling a kernel may take
  int megabytes = 4096;        ///< of memory, likewise
  bool useCache = true;
  std::string cache = KernelCache::defaultFolder(); ///< of compiled kernels; empty: none
  bool weightsOut = false;                          ///< into a file beside the library
  bool weightsOnly = false;                         ///< make that file and no library
  bool lenient = false;                             ///< about what else the weight file holds
  bool fuse = true;
  Precision precision = Precision::f32;
  bool storeHalf = false; ///< weights are f16 in memory, where they are not bf16
  bool quiet = false;
  bool keepLayers = false; ///< the value of every layer becomes an output
};

/// Sets `options` for the request.
int stageOptions(const CompileRequest &request, StageOptions &options);

/// Reads the schedule file of the request, if it names one, into `options`. To be called once, with a network read.
int readSchedules(Network &network, const CompileRequest &request, StageOptions &options);

/// The cache that the request asks for; a warning, and none, if it cannot be used.
std::optional<KernelCache> openCache(const CompileRequest &request);

/// Brings a network to Stage::kernels, and writes the schedules if the request wants them.
int formKernels(Network &network, const CompileRequest &request, const StageOptions &options);

/// Compiles the kernels of a network that is at Stage::kernels or Stage::host, for each target.
int compileNetworkKernels(Network &network, const CompileRequest &request, const StageOptions &options,
                          Progress &progress, std::vector<KernelObject> &objects);

/// Brings a network to Stage::host and compiles its kernels for each target; the programs have the name that is asked
/// for, and attributes that say what the kernels need.
int compileToHost(Network &network, const CompileRequest &request, const StageOptions &options, Progress &progress,
                  std::vector<KernelObject> &kernels);

} // namespace fovea

#endif
