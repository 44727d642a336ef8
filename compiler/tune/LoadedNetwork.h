// A network on trial, in the process that runs it.
#ifndef FOVEA_COMPILER_TUNE_LOADEDNETWORK_H
#define FOVEA_COMPILER_TUNE_LOADEDNETWORK_H

#include "compiler/host/Library.h"
#include "compiler/tools/TensorBuffer.h"
#include "compiler/tune/Trial.h"
#include "llvm/ADT/StringMap.h"

namespace fovea {

/// Loaded, with made-up inputs. A process has one at most.
class LoadedNetwork {
public:
  using Function = int (*)(void **arguments);

  static llvm::Expected<LoadedNetwork> load(const TrialNetwork &network);

  /// The function behind `code`; null if there is none.
  Function find(const KernelCode &code);
  llvm::Error run() { return context.run(asBuffers(inputs), asBuffers(outputs)); }

  LibraryContext context;
  std::vector<TensorBuffer> inputs, outputs;
  std::vector<Function> own; ///< the compiler's own code of each kernel

  /// What is called for a kernel, by its number: one of these, if there are any, else the function `watch`.
  static const Function *functions;
  static std::function<int(size_t kernel, void **arguments)> watch;

private:
  LoadedNetwork(LibraryContext context, std::vector<TensorBuffer> inputs, std::vector<TensorBuffer> outputs)
      : context(std::move(context)), inputs(std::move(inputs)), outputs(std::move(outputs)) {}
  void *findSymbol(const std::string &library, const std::string &symbol);

  llvm::StringMap<void *> handles; ///< of libraries, never closed: the process ends soon
};

/// The largest difference of two lists of `count` numbers, relative to the largest of `expected`; infinite where just
/// one of them has NaN.
double relativeError(size_t count, llvm::function_ref<double(size_t)> expected,
                     llvm::function_ref<double(size_t)> found);

} // namespace fovea

#endif
