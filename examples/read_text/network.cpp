#include "network.h"

#include "runtime/abi.h"
#include <dlfcn.h>
#include <filesystem>
#include <stdexcept>

namespace ocr {

/// A library of one size, and a context of it.
class Network::Library {
public:
  Library(const std::string &path, const std::string &prefix, unsigned threads)
      : handle(dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) {
    if (!handle)
      throw std::runtime_error(dlerror());
    find(prefix + "_describe", describe);
    find(prefix + "_create", create);
    find(prefix + "_run", run);
    find(prefix + "_destroy", destroy);
    find(prefix + "_last_error", lastError);
    fovea_options options{};
    options.size = sizeof options;
    options.version = FOVEA_OPTIONS_VERSION;
    options.threads = threads;
    check(create(&options, &context));
  }
  ~Library() {
    if (context)
      destroy(context);
    if (handle)
      dlclose(handle);
  }

  void compute(const std::vector<float> &image, Result &result) {
    const fovea_tensor_info &output = describe()->outputs[0];
    result.shape.assign(output.shape, output.shape + output.rank);
    result.data.resize(output.bytes / sizeof(float));
    fovea_buffer in{const_cast<float *>(image.data()), image.size() * sizeof(float)};
    fovea_buffer out{result.data.data(), output.bytes};
    check(run(context, &in, &out));
  }

private:
  template <typename Function> void find(const std::string &symbol, Function *&function) {
    function = reinterpret_cast<Function *>(dlsym(handle, symbol.c_str()));
    if (!function)
      throw std::runtime_error(dlerror());
  }
  void check(int code) {
    if (code != FOVEA_OK)
      throw std::runtime_error(lastError());
  }

  void *handle;
  fovea_context *context = nullptr;
  const fovea_description *(*describe)() = nullptr;
  int (*create)(const fovea_options *, fovea_context **) = nullptr;
  int (*run)(fovea_context *, const fovea_buffer *, const fovea_buffer *) = nullptr;
  void (*destroy)(fovea_context *) = nullptr;
  const char *(*lastError)() = nullptr;
};

Network::Network(std::string folder, std::string name, unsigned threads)
    : folder(std::move(folder)), name(std::move(name)), threads(threads) {}
Network::~Network() = default;

const Result &Network::run(const std::vector<float> &image, int64_t height, int64_t width) {
  std::unique_ptr<Library> &library = libraries[{height, width}];
  if (!library) {
    std::string path = folder + "/" + name + "-" + std::to_string(height) + "x" + std::to_string(width) + ".so";
    if (!std::filesystem::exists(path))
      throw std::runtime_error("needs " + path + ", the network '" + name + "' compiled for this size");
    library = std::make_unique<Library>(path, name, threads);
  }
  library->compute(image, result);
  return result;
}

} // namespace ocr
