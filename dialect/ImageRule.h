// How an image becomes a tensor, as hvn.from_image and kern.image say it, and as the runtime takes it.
#ifndef FOVEA_DIALECT_IMAGERULE_H
#define FOVEA_DIALECT_IMAGERULE_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Diagnostics.h"
#include "runtime/image.h"

namespace fovea::hvn {

/// The arguments of hvn.from_image.
struct ImageRule {
  llvm::ArrayRef<int64_t> size, resize;
  llvm::StringRef filter;
  llvm::ArrayRef<double> mean, std;
  llvm::StringRef order;

  template <typename Op> static ImageRule of(Op op) {
    return {op.getSize(), op.getResize(), op.getFilter(), op.getMean(), op.getStd(), op.getOrder()};
  }

  /// What the runtime does with images of the type `image`. Checks the constraints of hvn.from_image; `emitError` gets
  /// the name of the argument that breaks one.
  mlir::FailureOr<fovea_image_plan> plan(mlir::RankedTensorType image,
                                         llvm::function_ref<mlir::InFlightDiagnostic(llvm::StringRef)> emitError) const;
};

} // namespace fovea::hvn

#endif
