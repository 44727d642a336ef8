// Reductions over named axes.
#ifndef FOVEA_HVN_REDUCTION
#define FOVEA_HVN_REDUCTION

include "dialect/HvnBase.td"

class Hvn_ReductionOp<string mnemonic> : Hvn_InferredOp<mnemonic,
    [Anchor, DeclareOpInterfaceMethods<LayerInterface>, DeclareOpInterfaceMethods<WorkInterface>]> {
  let arguments = (ins Hvn_Tensor:$input, Hvn_AxesAttr:$over, DefaultValuedAttr<BoolAttr, "false">:$keepdim);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = "$input `over` $over (`keepdim` $keepdim^)? attr-dict `:` functional-type(operands, results)";
}

def Hvn_MeanOp : Hvn_ReductionOp<"mean"> {
  let summary = "the mean over the axes `over`";
  let description = [{
    With `keepdim` the axes stay, with size 1; else they go.
    Constraint: (C1) the input has every axis of `over`.

    ```mlir
    %1 = hvn.mean %0 over <h, w> : (tensor<1x220x7x7xf32, #hvn.axes<n, c, h, w>>) -> tensor<1x220xf32, #hvn.axes<n, c>>
    ```
  }];
}

def Hvn_SumOp : Hvn_ReductionOp<"sum"> {
  let summary = "the sum over the axes `over`";
  let description = [{
    With `keepdim` the axes stay, with size 1; else they go.
    Constraint: (C1) the input has every axis of `over`.

    ```mlir
    %1 = hvn.sum %0 over <i> : (tensor<192x48xf32, #hvn.axes<o, i>>) -> tensor<192xf32, #hvn.axes<o>>
    ```
  }];
}

def Hvn_AmaxOp : Hvn_ReductionOp<"amax"> {
  let summary = "the largest element over the axes `over`";
  let description = [{
    With `keepdim` the axes stay, with size 1; else they go. NaN if there is one, as torch.amax.
    Constraint: (C1) the input has every axis of `over`.

    ```mlir
    %1 = hvn.amax %0 over <h, w> : (tensor<1x220x7x7xf32, #hvn.axes<n, c, h, w>>) -> tensor<1x220xf32, #hvn.axes<n, c>>
    ```
  }];
  let extraClassDeclaration = declareMagnitude;
}

def Hvn_SoftmaxOp : Hvn_InferredOp<"softmax",
    [Anchor, DeclareOpInterfaceMethods<LayerInterface>, DeclareOpInterfaceMethods<WorkInterface>]> {
  let summary = "exp(x) divided by its sum over the axes `over`";
  let description = [{
    Computed from x minus the largest element. As torch.softmax: NaN, an infinity or only minus infinities make all
    elements that are summed up with them NaN; one of minus infinity among finite ones gives 0.
    Constraint: (C1) `over` names at least one axis, all of the input.

    ```mlir
    %1 = hvn.softmax %0 over <k> : tensor<1x4x49x49xf32, #hvn.axes<n, head, q, k>>
    ```
  }];
  let arguments = (ins Hvn_Tensor:$input, Hvn_AxesAttr:$over);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = "$input `over` $over attr-dict `:` type($input)";
  let extraClassDeclaration = declareMagnitude;
}

#endif
