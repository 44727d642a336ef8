#include "network.h"

#include "runtime/abi.h"
#include <algorithm>
#include <dlfcn.h>
#include <filesystem>
#include <stdexcept>

namespace ocr {

/// A library, and once it has computed, a context of it.
class Network::Library {
public:
  Library(const std::string &path, const std::string &prefix, unsigned threads)
      : handle(dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL), dlclose), threads(threads) {
    if (!handle)
      throw std::runtime_error(dlerror());
    find(prefix + "_describe", describe);
    find(prefix + "_create", create);
    // A library of one size has the first, one of sizes within bounds the two
    // others.
    run = reinterpret_cast<decltype(run)>(dlsym(handle.get(), (prefix + "_run").c_str()));
    if (!run) {
      find(prefix + "_run_shaped", runShaped);
      find(prefix + "_output_shapes", outputShapes);
    }
    find(prefix + "_destroy", destroy);
    find(prefix + "_last_error", lastError);
    if (describe()->input_count != 1 || describe()->output_count != 1 || describe()->inputs[0].rank != 4)
      throw std::runtime_error(path + ": expected a network of one image and one result");
  }
  ~Library() {
    if (context)
      destroy(context);
  }

  bool takes(int64_t height, int64_t width) const {
    const fovea_description &library = *describe();
    const int64_t shape[] = {1, 3, height, width};
    for (uint32_t axis = 0; axis < 4; ++axis) {
      const fovea_bound_info *end = library.bounds + library.bound_count;
      const fovea_bound_info *bound = std::find_if(library.bounds, end, [&](auto &each) { return each.axis == axis; });
      if (bound == end ? shape[axis] != library.inputs[0].shape[axis]
                       : shape[axis] < bound->least || shape[axis] > bound->most ||
                             (shape[axis] - bound->least) % bound->step != 0)
        return false;
    }
    return true;
  }

  void compute(const std::vector<float> &image, int64_t height, int64_t width, Result &result) {
    if (!context) {
      fovea_options options{};
      options.size = sizeof options;
      options.version = FOVEA_OPTIONS_VERSION;
      options.threads = threads;
      check(create(&options, &context));
    }
    const fovea_tensor_info &output = describe()->outputs[0];
    result.shape.assign(output.shape, output.shape + output.rank);
    const int64_t shape[] = {1, 3, height, width}, *shapes[] = {shape};
    int64_t *outputShape = result.shape.data();
    if (!run)
      check(outputShapes(shapes, &outputShape));
    size_t elements = 1;
    for (int64_t extent : result.shape)
      elements *= static_cast<size_t>(extent);
    result.data.resize(elements);
    const fovea_buffer in{const_cast<float *>(image.data()), image.size() * sizeof(float)};
    const fovea_buffer out{result.data.data(), elements * sizeof(float)};
    check(run ? run(context, &in, &out) : runShaped(context, shapes, &in, &out));
  }

private:
  template <typename Function> void find(const std::string &symbol, Function *&function) {
    function = reinterpret_cast<Function *>(dlsym(handle.get(), symbol.c_str()));
    if (!function)
      throw std::runtime_error(dlerror());
  }
  void check(int code) {
    if (code != FOVEA_OK)
      throw std::runtime_error(lastError());
  }

  std::unique_ptr<void, int (*)(void *)> handle;
  unsigned threads;
  fovea_context *context = nullptr;
  const fovea_description *(*describe)() = nullptr;
  int (*create)(const fovea_options *, fovea_context **) = nullptr;
  int (*run)(fovea_context *, const fovea_buffer *, const fovea_buffer *) = nullptr;
  int (*runShaped)(fovea_context *, const int64_t *const *, const fovea_buffer *, const fovea_buffer *) = nullptr;
  int (*outputShapes)(const int64_t *const *, int64_t *const *) = nullptr;
  void (*destroy)(fovea_context *) = nullptr;
  const char *(*lastError)() = nullptr;
};

Network::Network(const std::string &folder, const std::string &name, unsigned threads) : name(name) {
  std::vector<std::string> paths;
  for (const auto &entry : std::filesystem::directory_iterator(folder))
    if (std::string file = entry.path().filename(); file.starts_with(name + "-") && file.ends_with(".so"))
      paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  for (const std::string &path : paths)
    libraries.push_back(std::make_unique<Library>(path, name, threads));
}

Network::~Network() = default;

const Result &Network::run(const std::vector<float> &image, int64_t height, int64_t width) {
  for (const std::unique_ptr<Library> &library : libraries)
    if (library->takes(height, width)) {
      library->compute(image, height, width, result);
      return result;
    }
  throw std::runtime_error("no library of the network '" + name + "' takes " + std::to_string(height) + " x " +
                           std::to_string(width) + " pixels");
}

} // namespace ocr
