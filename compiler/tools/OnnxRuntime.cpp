#include "compiler/tools/OnnxRuntime.h"
#include "compiler/tools/RunPython.h"
#include "frontend/Npy.h"
#include "llvm/Support/Path.h"

using namespace fovea;

int fovea::runOnnxRuntime(const ExportRequest &request, llvm::ArrayRef<TensorBuffer> inputs,
                          llvm::ArrayRef<std::string> outputs, std::vector<std::string> &inputFiles) {
  inputFiles.clear();
  for (const TensorBuffer &buffer : inputs) {
    const fovea_tensor_info &tensor = buffer.tensor();
    NpyArray array{buffer.shape().vec(), isImage(tensor) ? "u8" : tensor.type, {}};
    array.data.assign(buffer.data(), buffer.data() + buffer.bytes());
    std::string file = (llvm::sys::path::parent_path(request.output) + "/input-" + tensor.name + ".npy").str();
    if (llvm::Error error = writeNpy(file, array))
      return fail(std::move(error));
    inputFiles.push_back(std::string(tensor.name) + "=" + file);
  }
  if (int code = exportModel(request))
    return code;
  std::vector<llvm::StringRef> arguments{request.output};
  for (const std::string &input : inputFiles)
    arguments.insert(arguments.end(), {"--input", input});
  for (const std::string &output : outputs)
    arguments.insert(arguments.end(), {"--output", output});
  return runPython("compare", "fovea.exporter.runtime", arguments);
}
