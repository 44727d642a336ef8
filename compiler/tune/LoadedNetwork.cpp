#include "compiler/tune/LoadedNetwork.h"
#include "compiler/host/KernelDispatch.h"
#include <cmath>
#include <dlfcn.h>
#include <limits>

using namespace fovea;

const LoadedNetwork::Function *LoadedNetwork::functions = nullptr;
std::function<int(size_t, void **)> LoadedNetwork::watch;

static int dispatch(uint32_t kernel, void **arguments) {
  return LoadedNetwork::functions ? LoadedNetwork::functions[kernel](arguments)
                                  : LoadedNetwork::watch(kernel, arguments);
}

llvm::Expected<LoadedNetwork> LoadedNetwork::load(const TrialNetwork &network) {
  llvm::Expected<Library> library = Library::open(network.library);
  if (!library)
    return library.takeError();
  llvm::Expected<LibraryContext> context = library->createContext(network.threads);
  if (!context)
    return context.takeError();
  llvm::Expected<std::vector<TensorBuffer>> inputs = makeBuffers(library->inputs());
  if (!inputs)
    return inputs.takeError();
  llvm::Expected<std::vector<TensorBuffer>> outputs = makeBuffers(library->outputs());
  if (!outputs)
    return outputs.takeError();
  for (auto [index, input] : llvm::enumerate(*inputs))
    input.fillPseudoRandom(index);
  LoadedNetwork loaded(std::move(*context), std::move(*inputs), std::move(*outputs));
  for (const TrialNetwork::Kernel &kernel : network.kernels)
    loaded.own.push_back(loaded.find(kernel.code));
  auto *variable = static_cast<KernelDispatch *>(loaded.findSymbol(network.library, network.dispatch));
  if (!variable || llvm::is_contained(loaded.own, nullptr))
    return llvm::createStringError("the kernels on trial cannot be loaded");
  *variable = dispatch;
  return loaded;
}

LoadedNetwork::Function LoadedNetwork::find(const KernelCode &code) {
  return reinterpret_cast<Function>(findSymbol(code.library, code.symbol));
}

void *LoadedNetwork::findSymbol(const std::string &library, const std::string &symbol) {
  void *&handle = handles[library];
  if (!handle)
    handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  return handle ? dlsym(handle, symbol.c_str()) : nullptr;
}

double fovea::relativeError(size_t count, llvm::function_ref<double(size_t)> expected,
                            llvm::function_ref<double(size_t)> found) {
  double largest = 0, worst = 0;
  for (size_t i = 0; i < count; ++i) {
    double wanted = expected(i), got = found(i);
    if (std::isfinite(wanted))
      largest = std::max(largest, std::abs(wanted));
    if ((std::isnan(wanted) && std::isnan(got)) || wanted == got)
      continue;
    double error = std::abs(wanted - got);
    worst = std::max(worst, std::isnan(error) ? std::numeric_limits<double>::infinity() : error);
  }
  return largest > 0 ? worst / largest : worst;
}
