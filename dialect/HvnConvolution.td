// Convolution and linear layers.
#ifndef FOVEA_HVN_CONVOLUTION
#define FOVEA_HVN_CONVOLUTION

include "dialect/HvnBase.td"

def Hvn_ConvOp : Hvn_InferredOp<"conv",
    [Anchor, DeclareOpInterfaceMethods<LayerInterface>, DeclareOpInterfaceMethods<PackInterface>,
     DeclareOpInterfaceMethods<WorkInterface>]> {
  let summary = "2-D convolution over the axes h and w, summing over c";
  let description = [{
    Cross-correlation with zero padding, as torch.nn.functional.conv2d: `weight` is on axes `o, i, y, x` with
    i = c / groups; output channel o reads the input channels of group o / (out / groups). Output sizes are
    `floor((size + 2 pad - dilation (kernel - 1) - 1) / stride) + 1`. `groups` = c = o is a depthwise convolution, with
    o a multiple of it one that makes several maps of each.
    Constraints: (C1) the input has the axes n, c, h, w; (C2) the weight has the axes o, i, y, x; (C3) stride,
    dilation and groups are positive, padding is not negative, two values each; (C4) c and o are multiples of groups
    and i = c / groups; (C5) the bias has the one axis c of size o; (C6) the kernel fits into the padded input.

    ```mlir
    %1 = hvn.conv %0, %weight, %bias stride [2, 2] pad [1, 1]
       : (tensor<1x3x224x224xf32, #hvn.axes<n, c, h, w>>, tensor<24x3x3x3xf32, #hvn.axes<o, i, y, x>>,
          tensor<24xf32, #hvn.axes<c>>) -> tensor<1x24x112x112xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
  let arguments = (ins Hvn_Tensor:$input, Hvn_Tensor:$weight, Optional<Hvn_Tensor>:$bias,
    DefaultValuedAttr<DenseI64ArrayAttr, "{1, 1}">:$stride,
    DefaultValuedAttr<DenseI64ArrayAttr, "{0, 0}">:$pad,
    DefaultValuedAttr<DenseI64ArrayAttr, "{1, 1}">:$dilation,
    DefaultValuedAttr<I64Attr, "1">:$groups);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = [{
    $input `,` $weight (`,` $bias^)? (`stride` $stride^)? (`pad` $pad^)? (`dilation` $dilation^)?
    (`groups` $groups^)? attr-dict `:` functional-type(operands, results)
  }];
  let extraClassDeclaration = [{
    /// One filter per channel: groups = input channels = output channels.
    bool isDepthwise();
    /// Output channels that read the same input channels.
    int64_t outputsPerGroup();
    /// An element is a sum of at most nine products, as in a depthwise 3x3.
    bool hasFewTaps();
    /// Every output pixel depends on the input pixel at its own place only.
    bool isPerPixel();
  }];
  let hasCanonicalizer = 1;
}

def Hvn_ConvTransposeOp : Hvn_InferredOp<"conv_transpose",
    [Anchor, DeclareOpInterfaceMethods<LayerInterface>, DeclareOpInterfaceMethods<PackInterface>,
     DeclareOpInterfaceMethods<WorkInterface>]> {
  let summary = "transposed 2-D convolution: every input pixel is spread over a window of outputs";
  let description = [{
    As torch.nn.functional.conv_transpose2d: `weight` is on axes `i, o, y, x` with i = c and o = out / groups. The
    input pixel (r, s) adds its channels times tap (y, x) to the output pixel (r stride - pad + y dilation,
    s stride - pad + x dilation), unless that lies outside. Input channel i adds to the output channels of group
    i / (c / groups). Output sizes are `(size - 1) stride - 2 pad + dilation (kernel - 1) + 1 + output_pad`.
    Constraints: (C1) the input has the axes n, c, h, w; (C2) the weight has the axes i, o, y, x; (C3) stride,
    dilation and groups are positive, pad and output_pad are not negative, two values each; (C4) c is a multiple of
    groups, and i = c; (C5) the bias has the one axis c of size o groups; (C6) output_pad is less than stride or less
    than dilation; (C7) the output is not empty.

    ```mlir
    %1 = hvn.conv_transpose %0, %weight stride [2, 2] groups 48
       : (tensor<1x48x14x14xf32, #hvn.axes<n, c, h, w>>, tensor<48x1x2x2xf32, #hvn.axes<i, o, y, x>>)
         -> tensor<1x48x28x28xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
  let arguments = (ins Hvn_Tensor:$input, Hvn_Tensor:$weight, Optional<Hvn_Tensor>:$bias,
    DefaultValuedAttr<DenseI64ArrayAttr, "{1, 1}">:$stride,
    DefaultValuedAttr<DenseI64ArrayAttr, "{0, 0}">:$pad,
    DefaultValuedAttr<DenseI64ArrayAttr, "{0, 0}">:$output_pad,
    DefaultValuedAttr<DenseI64ArrayAttr, "{1, 1}">:$dilation,
    DefaultValuedAttr<I64Attr, "1">:$groups);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = [{
    $input `,` $weight (`,` $bias^)? (`stride` $stride^)? (`pad` $pad^)? (`output_pad` $output_pad^)?
    (`dilation` $dilation^)? (`groups` $groups^)? attr-dict `:` functional-type(operands, results)
  }];
  let extraClassDeclaration = [{
    /// One filter per channel: groups = input channels = output channels.
    bool isDepthwise();
  }];
}

def Hvn_LinearOp : Hvn_InferredOp<"linear",
    [Anchor, DeclareOpInterfaceMethods<LayerInterface>, DeclareOpInterfaceMethods<PackInterface>,
     DeclareOpInterfaceMethods<WorkInterface>]> {
  let summary = "weight applied along the axis c";
  let description = [{
    result(.., c = o, ..) = sum over i of weight(o, i) input(.., c = i, ..) + bias(o); `weight` is on axes `o, i`.
    A 1x1 convolution becomes this op.
    Constraints: (C1) the input has an axis c; (C2) the weight has the axes o, i and i = c; (C3) the bias has the one
    axis c of size o.

    ```mlir
    %1 = hvn.linear %0, %weight, %bias : (tensor<1x220xf32, #hvn.axes<n, c>>, tensor<1000x220xf32, #hvn.axes<o, i>>,
                                          tensor<1000xf32, #hvn.axes<c>>) -> tensor<1x1000xf32, #hvn.axes<n, c>>
    ```
  }];
  let arguments = (ins Hvn_Tensor:$input, Hvn_Tensor:$weight, Optional<Hvn_Tensor>:$bias);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = "$input `,` $weight (`,` $bias^)? attr-dict `:` functional-type(operands, results)";
}

#endif
