#include "compiler/host/Manifest.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/BLAKE3.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace fovea;

std::string fovea::hashOf(llvm::StringRef bytes) {
  return llvm::toHex(llvm::BLAKE3::hash(llvm::arrayRefFromStringRef(bytes)), /*LowerCase=*/true);
}

static void writeTensors(llvm::json::OStream &json, llvm::StringRef key, const std::vector<HeaderTensor> &tensors) {
  json.attributeArray(key, [&] {
    for (const HeaderTensor &tensor : tensors)
      json.object([&] {
        json.attribute("name", tensor.name);
        json.attribute("type", tensor.type);
        json.attribute("axes", llvm::json::Array(tensor.axes));
        json.attribute("shape", llvm::json::Array(tensor.shape));
      });
  });
}

std::string fovea::makeManifest(const HeaderInfo &info, int64_t kernels, uint64_t weightBytes,
                                const ManifestSources &sources) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  llvm::json::OStream json(stream, /*IndentSize=*/2);
  json.object([&] {
    json.attribute("name", info.name);
    json.attribute("targets", llvm::json::Array(info.targets));
    auto writeSize = [&](const HeaderSize &size) {
      writeTensors(json, "inputs", size.inputs);
      writeTensors(json, "outputs", size.outputs);
    };
    if (info.sizes.size() == 1)
      writeSize(info.sizes.front());
    else
      json.attributeArray("sizes", [&] {
        for (const HeaderSize &size : info.sizes)
          json.object([&] {
            json.attribute("size", size.size);
            writeSize(size);
          });
      });
    json.attribute("arena_bytes", info.arenaBytes);
    json.attribute("scratch_bytes", info.scratchBytes);
    json.attribute("stack_bytes", info.stackBytes);
    json.attribute("weight_bytes", weightBytes);
    json.attribute("kernels", kernels);
    json.attribute("compiler", info.version);
    json.attributeObject("parameters", [&] {
      for (const auto &[name, value] : sources.parameters)
        json.attribute(name, value);
    });
    json.attributeObject("blake3", [&] {
      json.attribute("network", sources.network);
      if (!sources.weights.empty())
        json.attribute("weights", sources.weights);
    });
  });
  stream << '\n';
  return text;
}
