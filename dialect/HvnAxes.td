// Axes joined, cut, renamed and repeated.
#ifndef FOVEA_HVN_AXES
#define FOVEA_HVN_AXES

include "dialect/HvnBase.td"

/// An op that is a reshape once its operand has the right memory order.
class Hvn_ReinterpretOp<string mnemonic> : Hvn_InferredOp<mnemonic,
    [DeclareOpInterfaceMethods<LayerInterface>, DeclareOpInterfaceMethods<ReinterpretInterface>]> {
  let results = (outs Hvn_Tensor:$result);
  let hasFolder = 1;
}

def Hvn_MergeOp : Hvn_ReinterpretOp<"merge"> {
  let summary = "several axes become one";
  let description = [{
    The first of `over` is the outermost: merging h and w, the index is `h * W + w`. The new axis stands where the first
    one stood. Moves no data if the axes stand side by side in memory.
    Constraints: (C1) the input has every axis of `over`, of which there is at least one; (C2) no other axis is called
    `into`.

    ```mlir
    %1 = hvn.merge %0 over <h, w> into "t"
       : (tensor<1x48x7x7xf32, #hvn.axes<n, c, h, w>>) -> tensor<1x48x49xf32, #hvn.axes<n, c, t>>
    ```
  }];
  let arguments = (ins Hvn_Tensor:$input, Hvn_AxesAttr:$over, StrAttr:$into);
  let assemblyFormat = "$input `over` $over `into` $into attr-dict `:` functional-type(operands, results)";
}

def Hvn_UnmergeOp : Hvn_ReinterpretOp<"unmerge"> {
  let summary = "one axis becomes several";
  let description = [{
    The inverse of `merge`: the parts `into`, outermost first, of the sizes `sizes`. Never moves data.
    Constraints: (C1) the input has the axis; (C2) there is a positive size for each part, and their product is the
    axis's size; (C3) no other axis has the name of a part.

    ```mlir
    %1 = hvn.unmerge %0 on "t" into <h, w> sizes [7, 7]
       : (tensor<1x49x48xf32, #hvn.axes<n, t, c>>) -> tensor<1x7x7x48xf32, #hvn.axes<n, h, w, c>>
    ```
  }];
  let arguments = (ins Hvn_Tensor:$input, StrAttr:$axis, Hvn_AxesAttr:$into, DenseI64ArrayAttr:$sizes);
  let assemblyFormat = [{
    $input `on` $axis `into` $into `sizes` $sizes attr-dict `:` functional-type(operands, results)
  }];
}

def Hvn_RenameOp : Hvn_ReinterpretOp<"rename"> {
  let summary = "axes get other names";
  let description = [{
    Constraints: (C1) the input has every axis of `from`; (C2) there are as many names in `to`; (C3) the names of the
    result are unique.

    ```mlir
    %1 = hvn.rename %0 from <t, c> to <c, t>
       : (tensor<1x49x48xf32, #hvn.axes<n, t, c>>) -> tensor<1x49x48xf32, #hvn.axes<n, c, t>>
    ```
  }];
  let arguments = (ins Hvn_Tensor:$input, Hvn_AxesAttr:$from, Hvn_AxesAttr:$to);
  let assemblyFormat = "$input `from` $from `to` $to attr-dict `:` functional-type(operands, results)";
}

def Hvn_ExpandOp : Hvn_InferredOp<"expand", [Movement, DeclareOpInterfaceMethods<LayerInterface>]> {
  let summary = "a tensor repeated along axes that it lacks";
  let description = [{
    Each axis of `over` gets the size in `sizes`. The input has it with size 1, or lacks it: then it comes first.
    Constraints: (C1) there is a positive size for each axis; (C2) the input has no larger size than 1 along them.

    ```mlir
    %1 = hvn.expand %0 over <n> sizes [8]
       : (tensor<1x1x192xf32, #hvn.axes<n, t, c>>) -> tensor<8x1x192xf32, #hvn.axes<n, t, c>>
    ```
  }];
  let arguments = (ins Hvn_Tensor:$input, Hvn_AxesAttr:$over, DenseI64ArrayAttr:$sizes);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = "$input `over` $over `sizes` $sizes attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
}

#endif
