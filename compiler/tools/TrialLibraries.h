// Libraries for the search of schedules: the network with exchangeable kernels, and kernels to put into it.
#ifndef FOVEA_COMPILER_TOOLS_TRIALLIBRARIES_H
#define FOVEA_COMPILER_TOOLS_TRIALLIBRARIES_H

#include "compiler/host/Publish.h"
#include "compiler/tools/CompileRequest.h"
#include "compiler/tune/Search.h"
#include "compiler/tune/Trial.h"

namespace fovea {

/// A kernel with a schedule that it does not have yet.
struct Candidate {
  size_t kernel; ///< its place in the network
  kern::ScheduleAttr schedule;
};

/// Compiles a network once, and its kernels in whatever schedules, into a folder that goes away with this.
class TrialLibraries {
public:
  TrialLibraries(const CompileRequest &request, Progress &progress)
      : request(request), progress(progress), network(progress) {}

  /// Reads and compiles the network with the compiler's own schedules. Without a weight file, weights are made up.
  /// Returns an exit code; errors have been reported.
  int build(llvm::StringRef folder);

  /// The code of each candidate; nothing for one that cannot be compiled, or not before `cancelled`.
  llvm::Expected<std::vector<std::optional<KernelCode>>> compile(llvm::ArrayRef<Candidate> candidates,
                                                                 const std::function<bool()> &cancelled);

  /// With the compiler's own schedules, in the order of `network().kernels`.
  llvm::SmallVector<kern::FuncOp> kernels() { return llvm::to_vector(originals->getOps<kern::FuncOp>()); }
  const TargetInfo &target() const { return options.target; }
  TrialNetwork trial; ///< what build() has made
  std::string name;   ///< of the network

private:
  int prepare();
  int compileNetwork();
  llvm::Error link(const std::string &library, llvm::ArrayRef<std::pair<std::string, llvm::StringRef>> objects,
                   std::vector<std::string> exports);

  const CompileRequest &request;
  Progress &progress;
  Network network;
  StageOptions options;
  std::string linker;
  std::optional<StagingFolder> folder;
  mlir::OwningOpRef<mlir::ModuleOp> originals;
  size_t compiled = 0; ///< candidates, for names
};

} // namespace fovea

#endif
