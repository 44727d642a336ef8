// What an hvn op says about itself, so that the frontend, the planner and the driver need no list of ops.
#ifndef FOVEA_HVN_INTERFACES
#define FOVEA_HVN_INTERFACES

include "mlir/IR/OpBase.td"

def LayerInterface : OpInterface<"LayerInterface"> {
  let cppNamespace = "::fovea::hvn";
  let description = [{
    An op that can be called by its mnemonic in a `.net` file: `conv(x, out=48, kernel=3, pad=1)`.
    Operands are the tensors of the call, then the layer's own parameters.
  }];
  let methods = [
    StaticInterfaceMethod<"What the layer is called with.",
      "const ::fovea::hvn::LayerSignature &", "getSignature">,
    StaticInterfaceMethod<[{
        From a call to an op: appends the layer's parameters (name relative to the scope, shape, axes) and the
        op's attributes. `call` has every argument of the signature, defaults filled in. Fails with a message
        through `emitError`.}],
      "::llvm::LogicalResult", "resolve",
      (ins "const ::fovea::hvn::LayerCall &":$call, "::fovea::hvn::ResolvedLayer &":$layer)>,
  ];
}

def ReferenceInterface : OpInterface<"ReferenceInterface"> {
  let cppNamespace = "::fovea::hvn";
  let description = [{
    The op's meaning in double precision, written to be read. Used for parameter arithmetic at compile time and
    as the oracle of every kernel.
  }];
  let methods = [
    InterfaceMethod<"Evaluates the op; one tensor per operand in, one per result out.",
      "::llvm::SmallVector<::fovea::hvn::Tensor>", "evaluate",
      (ins "::llvm::ArrayRef<const ::fovea::hvn::Tensor *>":$operands)>,
    InterfaceMethod<[{
        What the results and the partial sums on the way to them come to at most, for operands whose absolute values
        are `operands`: every term counts as positive. Rounding errors are measured by it. With each operand it grows
        at least as fast as the result can. By default the op, evaluated on the absolute values.}],
      "::llvm::SmallVector<::fovea::hvn::Tensor>", "magnitude",
      (ins "::llvm::ArrayRef<const ::fovea::hvn::Tensor *>":$operands), /*methodBody=*/"",
      /*defaultImplementation=*/"return $_op.evaluate(operands);">,
  ];
}

def WorkInterface : OpInterface<"WorkInterface"> {
  let cppNamespace = "::fovea::hvn";
  let description = [{ How much arithmetic an op is, for reports. }];
  let methods = [
    InterfaceMethod<"Floating-point operations; a fused multiply-add counts two.", "double", "getFlops">,
  ];
}

def PackInterface : OpInterface<"PackInterface"> {
  let cppNamespace = "::fovea::hvn";
  let description = [{ In which order an op's kernel reads its weights. }];
  let methods = [
    InterfaceMethod<"The order wanted for operand number `operand`, should it be a parameter.",
      "::fovea::hvn::Packing", "getPacking", (ins "unsigned":$operand)>,
  ];
}

def ReinterpretInterface : OpInterface<"ReinterpretInterface"> {
  let cppNamespace = "::fovea::hvn";
  let description = [{
    An op on axes that keeps all elements in their order in memory, if its operand has the right order: then it is a
    reshape to its inferred type.
  }];
  let methods = [
    InterfaceMethod<"The order nearest to `input` in which the op is a reshape.",
      "::mlir::RankedTensorType", "getInputOrder", (ins "::mlir::RankedTensorType":$input)>,
  ];
}

/// One result element depends on many operand elements: the op is what a kernel is built around.
def Anchor : NativeOpTrait<"Anchor"> { let cppNamespace = "::fovea::hvn"; }

/// An elementwise op that costs less than a load and a store: computing it twice beats storing it.
def Cheap : NativeOpTrait<"Cheap"> { let cppNamespace = "::fovea::hvn"; }

/// Result element (i) depends on operand elements (i) only, broadcast by axis name: free to fuse anywhere.
def Pointwise : NativeOpTrait<"Pointwise"> { let cppNamespace = "::fovea::hvn"; }

/// Each result element is an operand's element, or zero: an address computation where it is read.
def Movement : NativeOpTrait<"Movement"> { let cppNamespace = "::fovea::hvn"; }

#endif
