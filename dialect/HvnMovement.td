// Elements put elsewhere: concatenation, rolls, windows, patches, tables.
#ifndef FOVEA_HVN_MOVEMENT
#define FOVEA_HVN_MOVEMENT

include "dialect/HvnBase.td"

def Hvn_ConcatOp : Hvn_InferredOp<"concat", [Movement, DeclareOpInterfaceMethods<LayerInterface>]> {
  let summary = "tensors one behind the other along an axis";
  let description = [{
    Constraints: (C1) all inputs have the same axes, among them `axis`; (C2) they have the same sizes along the others.

    ```mlir
    %2 = hvn.concat %0, %1 on "c" : (tensor<1x8x7x7xf32, #hvn.axes<n, c, h, w>>, tensor<1x4x7x7xf32, #hvn.axes<n, c, h, w>>)
                                  -> tensor<1x12x7x7xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
  let arguments = (ins Variadic<Hvn_Tensor>:$inputs, StrAttr:$axis);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = "$inputs `on` $axis attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
}

def Hvn_RollOp : Hvn_InferredOp<"roll", [Movement, DeclareOpInterfaceMethods<LayerInterface>]> {
  let summary = "a cyclic shift, as torch.roll";
  let description = [{
    Element i along each axis of `over` goes to `(i + by) mod size`.
    Constraints: (C1) the input has every axis of `over`; (C2) `by` has a value for each.

    ```mlir
    %1 = hvn.roll %0 over <h, w> by [-3, -3]
       : (tensor<1x48x14x14xf32, #hvn.axes<n, c, h, w>>) -> tensor<1x48x14x14xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
  let arguments = (ins Hvn_Tensor:$input, Hvn_AxesAttr:$over, DenseI64ArrayAttr:$by);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = "$input `over` $over `by` $by attr-dict `:` functional-type(operands, results)";
}

class Hvn_WindowBase<string mnemonic> : Hvn_InferredOp<mnemonic,
    [Movement, DeclareOpInterfaceMethods<LayerInterface>]> {
  let results = (outs Hvn_Tensor:$result);
}

def Hvn_WindowOp : Hvn_WindowBase<"window"> {
  let summary = "axes cut into windows, after a cyclic shift";
  let description = [{
    Each axis of `over` becomes two: the window's number, called as in `into`, and the place in the window, which keeps
    the name: element (a, h) is the input at `(a * size + h + shift) mod whole`. The windows' axes come before the first
    of `over` (Liu et al., Swin, arXiv 2103.14030, section 3.2).
    Constraints: (C1) the input has every axis of `over`; (C2) `into`, `size` and `shift` have an entry for each; (C3) sizes are
    positive and divide the axes; (C4) the new names are free.

    ```mlir
    %1 = hvn.window %0 over <h, w> into <a, b> size [7, 7] shift [3, 3]
       : (tensor<1x14x14x96xf32, #hvn.axes<n, h, w, c>>) -> tensor<1x2x2x7x7x96xf32, #hvn.axes<n, a, b, h, w, c>>
    ```
  }];
  let arguments = (ins Hvn_Tensor:$input, Hvn_AxesAttr:$over, Hvn_AxesAttr:$into, DenseI64ArrayAttr:$size,
                       DenseI64ArrayAttr:$shift);
  let assemblyFormat = [{
    $input `over` $over `into` $into `size` $size `shift` $shift attr-dict `:` functional-type(operands, results)
  }];
}

def Hvn_UnwindowOp : Hvn_WindowBase<"unwindow"> {
  let summary = "windows put together again";
  let description = [{
    The inverse of `window`: the axes `from` go, those of `over` get their whole sizes back.
    Constraints: (C1) the input has the axes of `over` and of `from`; (C2) `from` and `shift` have an entry for each of
    `over`.

    ```mlir
    %1 = hvn.unwindow %0 over <h, w> from <a, b> shift [3, 3]
       : (tensor<1x2x2x7x7x96xf32, #hvn.axes<n, a, b, h, w, c>>) -> tensor<1x14x14x96xf32, #hvn.axes<n, h, w, c>>
    ```
  }];
  let arguments = (ins Hvn_Tensor:$input, Hvn_AxesAttr:$over, Hvn_AxesAttr:$from, DenseI64ArrayAttr:$shift);
  let assemblyFormat = [{
    $input `over` $over `from` $from `shift` $shift attr-dict `:` functional-type(operands, results)
  }];
}

def Hvn_UnfoldOp : Hvn_InferredOp<"unfold", [Movement, DeclareOpInterfaceMethods<LayerInterface>]> {
  let summary = "the patch around each place of a map";
  let description = [{
    Result element (y, x, h, w) is the input at `(h * stride + y * dilation - pad, w * ...)`, zero outside: tap (y, x)
    of the kernel that stands at output place (h, w). The axes y and x come before h. With c, y and x merged into c it is
    torch.nn.functional.unfold.
    Constraints: (C1) the input has the axes h and w, and no y and x; (C2) kernel, stride and dilation are positive, pad is
    not negative, two values each; (C3) the kernel fits into the padded input.

    ```mlir
    %1 = hvn.unfold %0 kernel [3, 3] stride [1, 1] pad [1, 1] dilation [1, 1]
       : (tensor<1x8x14x14xf32, #hvn.axes<n, c, h, w>>) -> tensor<1x8x3x3x14x14xf32, #hvn.axes<n, c, y, x, h, w>>
    ```
  }];
  let arguments = (ins Hvn_Tensor:$input, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$stride, DenseI64ArrayAttr:$pad,
                       DenseI64ArrayAttr:$dilation);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = [{
    $input `kernel` $kernel `stride` $stride `pad` $pad `dilation` $dilation attr-dict
    `:` functional-type(operands, results)
  }];
}

def Hvn_GatherOp : Hvn_InferredOp<"gather", [Movement, DeclareOpInterfaceMethods<LayerInterface>]> {
  let summary = "entries of a table at given places";
  let description = [{
    The axis `axis` of the table is replaced by the axes of `index`, whose elements are places on it: whole numbers,
    taken to the nearest legal one beyond the ends, NaN to the first. A table and an index of parameters are looked up at
    compile time.
    Constraints: (C1) the table has the axis; (C2) no axis of `index` is one of the table's others.

    ```mlir
    %1 = hvn.gather %table at %index on "t" : (tensor<169x3xf32, #hvn.axes<t, head>>, tensor<49x49xf32, #hvn.axes<q, k>>)
                                            -> tensor<49x49x3xf32, #hvn.axes<q, k, head>>
    ```
  }];
  let arguments = (ins Hvn_Tensor:$table, Hvn_Tensor:$index, StrAttr:$axis);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = "$table `at` $index `on` $axis attr-dict `:` functional-type(operands, results)";
}

class Hvn_PixelShuffleBase<string mnemonic> : Hvn_InferredOp<mnemonic, [DeclareOpInterfaceMethods<LayerInterface>]> {
  let arguments = (ins Hvn_Tensor:$input, I64Attr:$factor);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = "$input `by` $factor attr-dict `:` functional-type(operands, results)";
  let hasCanonicalizer = 1;
}

def Hvn_PixelShuffleOp : Hvn_PixelShuffleBase<"pixel_shuffle"> {
  let summary = "channels become pixels";
  let description = [{
    Channel `(c * factor + y) * factor + x` of pixel (h, w) goes to channel c of pixel `(h * factor + y, w * factor + x)`
    (Shi et al., arXiv 1609.05158), as torch.nn.PixelShuffle. Canonicalization makes it `unmerge` and `merge`.
    Constraints: (C1) the input has the axes c, h, w, and no y and x; (C2) factor squared divides the channels.

    ```mlir
    %1 = hvn.pixel_shuffle %0 by 2
       : (tensor<1x48x7x7xf32, #hvn.axes<n, c, h, w>>) -> tensor<1x12x14x14xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
}

def Hvn_PixelUnshuffleOp : Hvn_PixelShuffleBase<"pixel_unshuffle"> {
  let summary = "pixels become channels";
  let description = [{
    The inverse of `pixel_shuffle`, as torch.nn.PixelUnshuffle. Canonicalization makes it `unmerge` and `merge`.
    Constraints: (C1) the input has the axes c, h, w, and no y and x; (C2) factor divides h and w.

    ```mlir
    %1 = hvn.pixel_unshuffle %0 by 2
       : (tensor<1x12x14x14xf32, #hvn.axes<n, c, h, w>>) -> tensor<1x48x7x7xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
}

#endif
