// Data movement: no arithmetic.
#ifndef FOVEA_HVN_SHAPE
#define FOVEA_HVN_SHAPE

include "dialect/HvnBase.td"

def Hvn_PermuteOp : Hvn_Op<"permute", [Movement, DeclareOpInterfaceMethods<ReferenceInterface>]> {
  let summary = "the same tensor with its axes in another memory order";
  let description = [{
    Both types say the order; there is nothing else to say.

    ```mlir
    %1 = hvn.permute %0 : tensor<1x3x224x224xf32, #hvn.axes<n, c, h, w>> to tensor<1x224x224x3xf32, #hvn.axes<n, h, w, c>>
    ```
  }];
  let arguments = (ins Hvn_Tensor:$input);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `to` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Hvn_ReshapeOp : Hvn_Op<"reshape", [DeclareOpInterfaceMethods<ReferenceInterface>]> {
  let summary = "the same elements, in the same memory order, under other axes";
  let description = [{
    Costs nothing: both types describe the same bytes. Also renames an axis.

    ```mlir
    %1 = hvn.reshape %0 : tensor<192x48x1x1xf32, #hvn.axes<o, i, y, x>> to tensor<192x48xf32, #hvn.axes<o, i>>
    ```
  }];
  let arguments = (ins Hvn_Tensor:$input);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `to` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Hvn_SliceOp : Hvn_InferredOp<"slice", [Movement, DeclareOpInterfaceMethods<LayerInterface>]> {
  let summary = "size elements of one axis from offset on, each step-th";
  let description = [{
    In a `.net` file `slice(x, c=[48, 96])` is the elements from 48 to 96, the latter not included, and
    `slice(x, h=[0, 56, 2])` each second one.
    ```mlir
    %k = hvn.slice %qkv on "c" from 48 size 48 : (tensor<1x144x56x56xf32, #hvn.axes<n, c, h, w>>)
                                              -> tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
  let arguments = (ins Hvn_Tensor:$input, StrAttr:$axis, I64Attr:$offset, I64Attr:$size,
                       DefaultValuedAttr<I64Attr, "1">:$step);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = [{
    $input `on` $axis `from` $offset `size` $size (`step` $step^)? attr-dict `:` functional-type(operands, results)
  }];
  let builders = [OpBuilder<(ins "mlir::Value":$input, "llvm::StringRef":$axis, "int64_t":$offset, "int64_t":$size)>];
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def Hvn_KeepOp : Hvn_InferredOp<"keep", [Pointwise]> {
  let summary = "the same tensor, which nothing looks through";
  let description = [{
    Stands behind a layer whose value is asked for, under a name: no rewrite goes past it, and two of different names
    stay two. `keep-layers` puts it there.

    ```mlir
    %1 = hvn.keep %0 as "stem" : tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
  let arguments = (ins Hvn_Tensor:$input, StrAttr:$name);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = "$input `as` $name attr-dict `:` type($input)";
}

def Hvn_CastOp : Hvn_Op<"cast", [Pointwise, Cheap, DeclareOpInterfaceMethods<ReferenceInterface>]> {
  let summary = "the same elements as another element type";
  let description = [{
    From f32 to bf16 or f16 it rounds to the nearest, ties to even; to f32 it is exact. `lower-precision` puts it where
    tensors are stored in bf16 and where products are of bf16 numbers, `narrow-weights` where weights are stored in f16:
    all other arithmetic is on f32.
    Constraints: (C1) the types differ in nothing but the element type.

    ```mlir
    %1 = hvn.cast %0 : tensor<196x112xf32, #hvn.axes<m, c>> to tensor<196x112xbf16, #hvn.axes<m, c>>
    ```
  }];
  let arguments = (ins Hvn_Tensor:$input);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `to` type($result)";
  let hasVerifier = 1;
}

def Hvn_SplitOp : Hvn_InferredOp<"split", [DeclareOpInterfaceMethods<LayerInterface>]> {
  let summary = "an axis cut into parts";
  let description = [{
    A `.net` file gives the number of equal parts, `split(x, 3, axis=c)`, or the size of each, `split(x, [48, 16], axis=c)`.
    Constraints: (C1) the input has the axis; (C2) sizes are positive and add up to the axis's.

    ```mlir
    %q, %k, %v = hvn.split %qkv on "c" into [48, 48, 48] : (tensor<1x144x56x56xf32, #hvn.axes<n, c, h, w>>)
       -> (tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>, tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>,
           tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>)
    ```
  }];
  let arguments = (ins Hvn_Tensor:$input, StrAttr:$axis, DenseI64ArrayAttr:$sizes);
  let results = (outs Variadic<Hvn_Tensor>:$results);
  let assemblyFormat = "$input `on` $axis `into` $sizes attr-dict `:` functional-type(operands, results)";
  let hasCanonicalizer = 1;
}

def Hvn_PadOp : Hvn_InferredOp<"pad", [Movement, DeclareOpInterfaceMethods<LayerInterface>]> {
  let summary = "elements around a tensor";
  let description = [{
    `low` elements before and `high` elements behind each axis of `over`, a value per axis. `mode` says which: "zero";
    "replicate", the nearest one; "reflect", the tensor mirrored at its border elements; "circular", the other end.
    In a `.net` file: `pad(x, h=[0, 3], w=1)`, a number standing for both sides.
    Constraints: (C1) the input has every axis of `over`; (C2) `low` and `high` have a value per axis, none negative;
    (C3) the mode is one of the four; (C4) reflected padding is less than the axis, circular at most.

    ```mlir
    %1 = hvn.pad %0 over <y, x> low [1, 1] high [1, 1]
       : (tensor<1x1xf32, #hvn.axes<y, x>>) -> tensor<3x3xf32, #hvn.axes<y, x>>
    ```
  }];
  let arguments = (ins Hvn_Tensor:$input, Hvn_AxesAttr:$over, DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high,
                       DefaultValuedAttr<StrAttr, "\"zero\"">:$mode);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = [{
    $input `over` $over `low` $low `high` $high (`mode` $mode^)? attr-dict `:` functional-type(operands, results)
  }];
  let extraClassDeclaration = [{
    /// Where on an axis of `size` elements the one that stands at `place` comes from; -1 for a zero.
    int64_t sourceOf(int64_t place, int64_t size);
  }];
}

#endif
