// Pooling layers.
#ifndef FOVEA_HVN_POOLING
#define FOVEA_HVN_POOLING

include "dialect/HvnBase.td"

class Hvn_PoolOp<string mnemonic> : Hvn_InferredOp<mnemonic,
    [Anchor, DeclareOpInterfaceMethods<LayerInterface>, DeclareOpInterfaceMethods<WorkInterface>]> {
  let results = (outs Hvn_Tensor:$result);
}

def Hvn_MaxPoolOp : Hvn_PoolOp<"max_pool"> {
  let summary = "the largest element of each window over the axes h and w";
  let description = [{
    As torch.nn.functional.max_pool2d: NaN if the window has one; places outside of the input do not count. Output sizes
    are `floor((size + 2 pad - dilation (kernel - 1) - 1) / stride) + 1`. With `ceil_mode` they are rounded up, but a
    window that would begin behind the input and its padding before is left out.
    Constraints: (C1) the input has the axes n, c, h, w; (C2) kernel, stride and dilation are positive, padding is not
    negative, two values each, below 2^31; (C3) padding is at most half of the kernel, `dilation (kernel - 1) + 1`;
    (C4) a window fits into the padded input, unless `ceil_mode` lets it begin there; (C5) with padding the dilation is
    at most the size, so that no window is empty.

    ```mlir
    %1 = hvn.max_pool %0 kernel [3, 3] stride [2, 2] pad [1, 1]
       : (tensor<1x64x112x112xf32, #hvn.axes<n, c, h, w>>) -> tensor<1x64x56x56xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
  let arguments = (ins Hvn_Tensor:$input, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$stride,
    DefaultValuedAttr<DenseI64ArrayAttr, "{0, 0}">:$pad,
    DefaultValuedAttr<DenseI64ArrayAttr, "{1, 1}">:$dilation,
    DefaultValuedAttr<BoolAttr, "false">:$ceil_mode);
  let assemblyFormat = [{
    $input `kernel` $kernel `stride` $stride (`pad` $pad^)? (`dilation` $dilation^)? (`ceil_mode` $ceil_mode^)?
    attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def Hvn_AvgPoolOp : Hvn_PoolOp<"avg_pool"> {
  let summary = "the mean of each window over the axes h and w";
  let description = [{
    As torch.nn.functional.avg_pool2d: places outside of the input are zeros. With `count_include_pad` the zeros of the
    padding count, those further out, which `ceil_mode` reaches, do not; without, the mean is of the input's elements
    alone. Output sizes are those of `max_pool`. One window over the whole input becomes `mean`.
    Constraints: (C1) the input has the axes n, c, h, w; (C2) kernel and stride are positive, padding is not negative,
    two values each, below 2^31; (C3) padding is at most half of the kernel; (C4) a window fits into the padded input,
    unless `ceil_mode` lets it begin there.

    ```mlir
    %1 = hvn.avg_pool %0 kernel [3, 3] stride [1, 1] pad [1, 1] count_include_pad false
       : (tensor<1x64x56x56xf32, #hvn.axes<n, c, h, w>>) -> tensor<1x64x56x56xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
  let arguments = (ins Hvn_Tensor:$input, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$stride,
    DefaultValuedAttr<DenseI64ArrayAttr, "{0, 0}">:$pad,
    DefaultValuedAttr<BoolAttr, "false">:$ceil_mode,
    DefaultValuedAttr<BoolAttr, "true">:$count_include_pad);
  let assemblyFormat = [{
    $input `kernel` $kernel `stride` $stride (`pad` $pad^)? (`ceil_mode` $ceil_mode^)?
    (`count_include_pad` $count_include_pad^)? attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{
    /// How many elements the mean is of, as a product of a factor per axis: the factor of `place` along the result's h
    /// (axis 0) or w (axis 1).
    int64_t countAt(unsigned axis, int64_t place);
  }];
}

class Hvn_AdaptivePoolOp<string mnemonic> : Hvn_PoolOp<mnemonic> {
  let arguments = (ins Hvn_Tensor:$input, DenseI64ArrayAttr:$size);
  let assemblyFormat = "$input `size` $size attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def Hvn_AdaptiveAvgPoolOp : Hvn_AdaptivePoolOp<"adaptive_avg_pool"> {
  let summary = "the means of as many windows over h and w as `size` says";
  let description = [{
    As torch.nn.functional.adaptive_avg_pool2d: element i of an axis is made from the elements
    `floor(i from / to)` to `ceil((i + 1) from / to)`, exclusive. Where `to` divides `from` it becomes `avg_pool`.
    Constraints: (C1) the input has the axes n, c, h, w; (C2) `size` is two positive values below 2^31.

    ```mlir
    %1 = hvn.adaptive_avg_pool %0 size [7, 7]
       : (tensor<1x64x45x60xf32, #hvn.axes<n, c, h, w>>) -> tensor<1x64x7x7xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
}

def Hvn_AdaptiveMaxPoolOp : Hvn_AdaptivePoolOp<"adaptive_max_pool"> {
  let summary = "the largest elements of as many windows over h and w as `size` says";
  let description = [{
    As torch.nn.functional.adaptive_max_pool2d: the windows are those of `adaptive_avg_pool`; NaN if the window has one.
    Where the sizes divide it becomes `max_pool`.
    Constraints: (C1) the input has the axes n, c, h, w; (C2) `size` is two positive values below 2^31.

    ```mlir
    %1 = hvn.adaptive_max_pool %0 size [7, 7]
       : (tensor<1x64x45x60xf32, #hvn.axes<n, c, h, w>>) -> tensor<1x64x7x7xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
}

#endif
