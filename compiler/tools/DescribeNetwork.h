// A network as JSON: what other programs need to know of it, without MLIR.
#ifndef FOVEA_COMPILER_TOOLS_DESCRIBENETWORK_H
#define FOVEA_COMPILER_TOOLS_DESCRIBENETWORK_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/raw_ostream.h"

namespace fovea {

/// Writes `network`, which is at stage hvn, to `stream`:
///
///     {"name": "tiny", "inputs": [VALUE], "outputs": [{"name": "logits", "value": 9}], "ops": [OP]}
///     OP:    {"op": "conv", "layer": "stem", "place": "tiny.net:4:7", "operands": [0, 1],
///             "attributes": {"stride": [2, 2]}, "results": [VALUE]}
///     VALUE: {"value": 2, "name": "stem", "axes": ["n", "c", "h", "w"], "shape": [1, 16, 16, 16]}
///
/// Values are numbered; an image is one of the largest size, with `"image": true`. Results of layers have the names
/// that `layersOf` gives, others none. Numbers that are not finite are strings. What depends on neither inputs nor
/// weights is an op "constant" with its elements as "data", each once.
void describeNetwork(mlir::func::FuncOp network, llvm::raw_ostream &stream);

} // namespace fovea

#endif
