// Values known at compile time.
#ifndef FOVEA_HVN_PARAMETER
#define FOVEA_HVN_PARAMETER

include "dialect/HvnBase.td"

def Hvn_ParamOp : Hvn_Op<"param"> {
  let summary = "a tensor of the checkpoint";
  let description = [{
    The tensor stored under `key` in the weight file, with the shape it has there. Its bytes never stand in IR.

    ```mlir
    %w = hvn.param "patch_embed.0.weight" : tensor<24x3x3x3xf32, #hvn.axes<o, i, y, x>>
    ```
  }];
  let arguments = (ins StrAttr:$key);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = "$key attr-dict `:` type($result)";
}

def Hvn_ConstantOp : Hvn_InferredOp<"constant", [ConstantLike]> {
  let summary = "a scalar constant";
  let description = [{
    A tensor without axes, which broadcasts against any other.

    ```mlir
    %half = hvn.constant 5.000000e-01 : tensor<f32, #hvn.axes<>>
    ```
  }];
  let arguments = (ins F64Attr:$value);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = "$value attr-dict `:` type($result)";
  let hasFolder = 1;
}

#endif
