// The hvn dialect: what a network computes, on named logical axes.
#ifndef FOVEA_HVN_DIALECT
#define FOVEA_HVN_DIALECT

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/TensorEncoding.td"
include "mlir/IR/OpBase.td"

def HvnDialect : Dialect {
  let name = "hvn";
  let cppNamespace = "::fovea::hvn";
  let summary = "Convolution and attention layers on named axes";
  let description = [{
    Values are tensors whose encoding names every axis: `tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>`.
    An op finds the axes it works on by name, so it means the same on `n, c, h, w` and on `n, h, w, c`;
    the order of the axes is the order in memory, and choosing it is the layout pass's business alone.

    Parameters keep the name and the shape they have in the checkpoint (`hvn.param`). Arithmetic on them is
    ordinary hvn ops whose operands are parameters; it is evaluated once, at compile time.
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasConstantMaterializer = 1;
}

def Hvn_AxesAttr : AttrDef<HvnDialect, "Axes", [DeclareAttrInterfaceMethods<VerifiableTensorEncoding>]> {
  let mnemonic = "axes";
  let summary = "the names of a tensor's axes, outermost in memory first";
  let description = [{
    Example: `#hvn.axes<n, h, w, c>`. Names are unique. The rank equals the tensor's.
  }];
  let parameters = (ins ArrayRefParameter<"mlir::StringAttr", "axis names">:$names);
  let hasCustomAssemblyFormat = 1;
  let extraClassDeclaration = [{
    /// Position of the axis called `name`, or -1.
    int64_t find(llvm::StringRef name) const;
    static AxesAttr get(mlir::MLIRContext *context, llvm::ArrayRef<llvm::StringRef> names);
  }];
}

#endif
