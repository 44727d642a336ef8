// A network as an ONNX model.
#ifndef FOVEA_COMPILER_TOOLS_EXPORTMODEL_H
#define FOVEA_COMPILER_TOOLS_EXPORTMODEL_H

#include "compiler/tools/Network.h"

namespace fovea {

struct ExportRequest {
  NetworkFile network;
  std::string weights; ///< empty: the model names its weights and has no values of them
  std::string output;  ///< the model, or its description if this ends in .json
  bool lenient = false;
  bool layers = false; ///< the value of each layer is an output, too, called "layer:" and as in `layersOf`
};

/// Writes the network as it is written, each layer under its name. Returns the exit code; errors have been reported.
int exportModel(const ExportRequest &request);

} // namespace fovea

#endif
