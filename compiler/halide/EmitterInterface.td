// How an hvn op becomes Halide. Attached to the ops from outside, so that the dialect does not link Halide.
#ifndef FOVEA_EMITTER_INTERFACE
#define FOVEA_EMITTER_INTERFACE

include "mlir/IR/OpBase.td"

def EmitterInterface : OpInterface<"EmitterInterface"> {
  let cppNamespace = "::fovea::halide";
  let description = [{ An op that a kernel may hold: its algorithm, without a schedule. }];
  let methods = [
    InterfaceMethod<"Defines the Halide functions of the op's results.", "void", "emit",
                    (ins "::fovea::halide::KernelBuilder &":$kernel)>,
  ];
}

#endif
