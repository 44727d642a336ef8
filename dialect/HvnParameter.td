// Values known at compile time.
#ifndef FOVEA_HVN_PARAMETER
#define FOVEA_HVN_PARAMETER

include "dialect/HvnBase.td"

def Hvn_ParamOp : Hvn_Op<"param", [DeclareOpInterfaceMethods<LayerInterface>]> {
  let summary = "a tensor of the checkpoint";
  let description = [{
    The tensor stored under `key` in the weight file, with the shape it has there. Its bytes never stand in IR. A
    `.net` file asks for one by itself as `param(c=48) @ "gamma"`: the key is the scope; the axes and their sizes are
    those of the checkpoint, in this order.

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

def Hvn_IotaOp : Hvn_InferredOp<"iota", [DeclareOpInterfaceMethods<LayerInterface>]> {
  let summary = "each element's index along one axis";
  let description = [{
    A constant on the axes `axes` of the sizes `sizes`, from which tables are computed at compile time: relative
    positions, masks.
    Constraints: (C1) there is a positive size for each axis; (C2) `along` is one of the axes.

    ```mlir
    %rows = hvn.iota "h" axes <h, w> sizes [7, 7] : tensor<7x7xf32, #hvn.axes<h, w>>
    ```
  }];
  let arguments = (ins StrAttr:$along, Hvn_AxesAttr:$axes, DenseI64ArrayAttr:$sizes);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = "$along `axes` $axes `sizes` $sizes attr-dict `:` type($result)";
}

#endif
