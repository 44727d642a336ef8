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
  let extraClassDeclaration = declareMagnitude;
}

def Hvn_GroupNormOp : Hvn_InferredOp<"group_norm",
    [AllTypesMatch<["weight", "bias"]>, DeclareOpInterfaceMethods<LayerInterface>,
     DeclareOpInterfaceMethods<WorkInterface>]> {
  let summary = "normalization by the statistics of each image's groups of channels";
  let description = [{
    The channels are cut into `groups` equal parts; mean and variance (divided by the count) of an image's part, all
    pixels included, give `(x - mean) / sqrt(var + eps) * weight + bias` (Wu and He, arXiv 1803.08494), as
    torch.nn.GroupNorm. Canonicalization makes it `moments`, `normalize` and arithmetic on the parameters.
    Constraints: (C1) the input has the axes n, c and at least one more; (C2) the parameters have the one axis c, of
    the input's size; (C3) `groups` is positive and divides the channels; (C4) eps is not negative.

    ```mlir
    %1 = hvn.group_norm %0, %weight, %bias groups 1 eps 1.000000e-05
       : tensor<1x32x56x56xf32, #hvn.axes<n, c, h, w>>, tensor<32xf32, #hvn.axes<c>>
    ```
  }];
  let arguments = (ins Hvn_Tensor:$input, Hvn_Tensor:$weight, Hvn_Tensor:$bias, I64Attr:$groups, F64Attr:$eps);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = [{
    $input `,` $weight `,` $bias `groups` $groups `eps` $eps attr-dict `:` type($input) `,` type($weight)
  }];
  let extraClassDeclaration = declareMagnitude;
  let hasCanonicalizer = 1;
}

def Hvn_MomentsOp : Hvn_InferredOp<"moments", [Anchor, DeclareOpInterfaceMethods<WorkInterface>]> {
  let summary = "mean and variance of each row of each group of channels";
  let description = [{
    The result has the axes n, g (group of channels), b (the index along `rows`, an axis of the input) and s: at s = 0
    the mean over all other axes, at s = 1 the variance, divided by the count. All rows are equally long, so the
    statistics of the whole follow: the mean of the means; the mean of the variances plus the variance of the means.
    Rows stay apart because the kernel that makes the input can take the statistics of a row while it is in the cache,
    and because the sums then do not depend on the number of threads.
    Constraints: (C1) the input has the axes n, c and `rows`; (C2) `groups` is positive and divides the channels.

    ```mlir
    %1 = hvn.moments %0 groups 1 rows "h"
       : (tensor<1x32x56x56xf32, #hvn.axes<n, c, h, w>>) -> tensor<1x1x56x2xf32, #hvn.axes<n, g, b, s>>
    ```
  }];
  let arguments = (ins Hvn_Tensor:$input, I64Attr:$groups, StrAttr:$rows);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = "$input `groups` $groups `rows` $rows attr-dict `:` functional-type(operands, results)";
}

def Hvn_NormalizeOp : Hvn_InferredOp<"normalize", [Pointwise, DeclareOpInterfaceMethods<WorkInterface>]> {
  let summary = "(x - mean * sums) / sqrt(var + eps), statistics from `moments`";
  let description = [{
    Without `sums` it is 1. With it, x is a linear layer W y, `sums` are the sums of the rows of W, and the result is
    W applied to the normalized y: a linear layer needs no normalized copy of its input.
    Constraints: (C1) the input has the axes n and c; (C2) the moments have the axes n, g, b, s with the input's n, a g
    that divides the channels, and s = 2; (C3) `sums` has the one axis c of the input's size, and there is one group;
    (C4) eps is not negative.

    ```mlir
    %1 = hvn.normalize %0 by %moments eps 1.000000e-05
       : (tensor<1x32x56x56xf32, #hvn.axes<n, c, h, w>>, tensor<1x1x56x2xf32, #hvn.axes<n, g, b, s>>)
       -> tensor<1x32x56x56xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
  let arguments = (ins Hvn_Tensor:$input, Hvn_Tensor:$moments, Optional<Hvn_Tensor>:$sums, F64Attr:$eps);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = [{
    $input `by` $moments (`sums` $sums^)? `eps` $eps attr-dict `:` functional-type(operands, results)
  }];
}

class Hvn_AffineNormOp<string mnemonic> : Hvn_InferredOp<mnemonic,
    [DeclareOpInterfaceMethods<LayerInterface>, DeclareOpInterfaceMethods<WorkInterface>]> {
  let arguments = (ins Hvn_Tensor:$input, Variadic<Hvn_Tensor>:$parameters, Hvn_AxesAttr:$over, F64Attr:$eps);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = [{
    $input (`,` $parameters^)? `over` $over `eps` $eps attr-dict `:` functional-type(operands, results)
  }];
  let extraClassDeclaration = declareMagnitude;
  let hasCanonicalizer = 1;
}

def Hvn_LayerNormOp : Hvn_AffineNormOp<"layer_norm"> {
  let summary = "normalization by mean and variance over the axes `over`";
  let description = [{
    `(x - mean) / sqrt(var + eps) * weight + bias` with the variance divided by the count (Ba et al., arXiv 1607.06450),
    as torch.nn.LayerNorm, over any axes. Both parameters may be absent, or the bias alone. Canonicalization makes it
    `standardize` and arithmetic by parameters.
    Constraints: (C1) `over` names at least one axis, all of the input; (C2) eps is not negative; (C3) the parameters
    are at most weight and bias, on the axes `over`, in this order, with the input's sizes.

    ```mlir
    %1 = hvn.layer_norm %0, %weight, %bias over <c> eps 1.000000e-05
       : (tensor<1x196x384xf32, #hvn.axes<n, t, c>>, tensor<384xf32, #hvn.axes<c>>, tensor<384xf32, #hvn.axes<c>>)
       -> tensor<1x196x384xf32, #hvn.axes<n, t, c>>
    ```
  }];
}

def Hvn_RmsNormOp : Hvn_AffineNormOp<"rms_norm"> {
  let summary = "normalization by the mean of squares over the axes `over`";
  let description = [{
    `x / sqrt(mean of x^2 + eps) * weight` (Zhang and Sennrich, arXiv 1910.07467), as torch.nn.RMSNorm. The weight may
    be absent. Canonicalization makes it `standardize` and a product with a parameter.
    Constraints: (C1) `over` names at least one axis, all of the input; (C2) eps is not negative; (C3) the parameter is
    at most a weight, on the axes `over`, in this order, with the input's sizes.

    ```mlir
    %1 = hvn.rms_norm %0, %weight over <c> eps 1.000000e-06
       : (tensor<1x196x384xf32, #hvn.axes<n, t, c>>, tensor<384xf32, #hvn.axes<c>>)
       -> tensor<1x196x384xf32, #hvn.axes<n, t, c>>
    ```
  }];
}

def Hvn_StandardizeOp : Hvn_InferredOp<"standardize", [Anchor, DeclareOpInterfaceMethods<WorkInterface>]> {
  let summary = "normalization over the axes `over`, without parameters";
  let description = [{
    With `center` `(x - mean) / sqrt(var + eps)`; without, `x / sqrt(mean of x^2 + eps)`. The variance is the mean of
    the squares of differences from the mean. NaN or an infinity makes all elements that are normalized with it NaN;
    where squares are beyond f32, the results are zero, as PyTorch's.
    Constraints: (C1) `over` names at least one axis, all of the input; (C2) eps is not negative.

    ```mlir
    %1 = hvn.standardize %0 over <c> eps 1.000000e-05 : tensor<1x196x384xf32, #hvn.axes<n, t, c>>
    ```
  }];
  let arguments = (ins Hvn_Tensor:$input, Hvn_AxesAttr:$over, F64Attr:$eps,
                       DefaultValuedAttr<BoolAttr, "true">:$center);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = "$input `over` $over `eps` $eps (`center` $center^)? attr-dict `:` type($input)";
  let extraClassDeclaration = declareMagnitude;
}

def Hvn_L2NormalizeOp : Hvn_InferredOp<"l2_normalize",
    [Anchor, DeclareOpInterfaceMethods<LayerInterface>, DeclareOpInterfaceMethods<WorkInterface>]> {
  let summary = "x divided by its Euclidean length over the axes `over`";
  let description = [{
    `x / max(sqrt(sum of x^2), eps)`, as torch.nn.functional.normalize. Where squares are beyond f32, the results are
    zero, as PyTorch's.
    Constraints: (C1) `over` names at least one axis, all of the input; (C2) eps is not negative.

    ```mlir
    %1 = hvn.l2_normalize %0 over <c> eps 1.000000e-12 : tensor<1x49x32xf32, #hvn.axes<n, t, c>>
    ```
  }];
  let arguments = (ins Hvn_Tensor:$input, Hvn_AxesAttr:$over, F64Attr:$eps);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = "$input `over` $over `eps` $eps attr-dict `:` type($input)";
  let extraClassDeclaration = declareMagnitude;
}

#endif
