// Normalization layers.
#ifndef FOVEA_HVN_NORMALIZATION
#define FOVEA_HVN_NORMALIZATION

include "dialect/HvnBase.td"

def Hvn_BatchNormOp : Hvn_InferredOp<"batch_norm",
    [AllTypesMatch<["weight", "bias", "mean", "var"]>, DeclareOpInterfaceMethods<LayerInterface>,
     DeclareOpInterfaceMethods<WorkInterface>]> {
  let summary = "batch normalization with stored statistics, over the axis c";
  let description = [{
    `(x - mean) / sqrt(var + eps) * weight + bias` (Ioffe and Szegedy, arXiv 1502.03167, inference form);
    the four parameters have the one axis `c`.
    Constraints: (C1) the input has an axis c; (C2) the parameters have the one axis c, of the input's size;
    (C3) eps is not negative.

    ```mlir
    %1 = hvn.batch_norm %0, %weight, %bias, %mean, %var eps 1.000000e-05
       : tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>, tensor<48xf32, #hvn.axes<c>>
    ```
  }];
  let arguments = (ins Hvn_Tensor:$input, Hvn_Tensor:$weight, Hvn_Tensor:$bias, Hvn_Tensor:$mean, Hvn_Tensor:$var,
                       F64Attr:$eps);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = [{
    $input `,` $weight `,` $bias `,` $mean `,` $var `eps` $eps attr-dict `:` type($input) `,` type($weight)
  }];
  let hasCanonicalizer = 1;
}

#endif
