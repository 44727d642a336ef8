// What ONNX Runtime makes of a network.
#ifndef FOVEA_COMPILER_TOOLS_ONNXRUNTIME_H
#define FOVEA_COMPILER_TOOLS_ONNXRUNTIME_H

#include "compiler/tools/ExportModel.h"
#include "compiler/tools/TensorBuffer.h"

namespace fovea {

/// Exports the network of `request` and runs the model on `inputs`. Writes `outputs`, "NAME=FILE.npy" each, and the
/// inputs, beside the model; `inputFiles` are these, likewise. Returns the exit code; errors have been reported.
int runOnnxRuntime(const ExportRequest &request, llvm::ArrayRef<TensorBuffer> inputs,
                   llvm::ArrayRef<std::string> outputs, std::vector<std::string> &inputFiles);

} // namespace fovea

#endif
