// Resampling layers.
#ifndef FOVEA_HVN_RESAMPLE
#define FOVEA_HVN_RESAMPLE

include "dialect/HvnBase.td"

def Hvn_ResizeOp : Hvn_InferredOp<"resize",
    [Anchor, DeclareOpInterfaceMethods<LayerInterface>, DeclareOpInterfaceMethods<WorkInterface>]> {
  let summary = "axes of other sizes, by interpolation";
  let description = [{
    As torch.nn.functional.interpolate with `size`, on any axes. Place i of an axis stands at `scale (i + 1/2) - 1/2` of
    the input, scale = from / to; with `align_corners` at `scale i`, scale = (from - 1) / (to - 1). It is made from:
    - `nearest`: the element at `floor(scale i)`, computed in f32;
    - `bilinear`: the two elements around it;
    - `bicubic`: the four around it, by Keys' kernel with a = -3/4; places beyond the ends are the elements there.
    With `antialias` the tent, or Keys' kernel with a = -1/2, is as much wider as the result is smaller, and its taps
    within the input are divided by their sum, as Pillow has it.
    The result is that of one axis after the other, so an element of the input that is not finite reaches whatever has a
    tap there, be its weight zero. An axis whose size stays is left alone.
    Constraints: (C1) the input has every axis of `over`, at least one; (C2) `size` has a positive value below 2^31 for
    each; (C3) the mode is nearest, bilinear or bicubic; (C4) nearest takes neither align_corners nor antialias.

    ```mlir
    %1 = hvn.resize %0 over <h, w> size [14, 14] mode "bicubic"
       : (tensor<1x192x16x16xf32, #hvn.axes<n, c, h, w>>) -> tensor<1x192x14x14xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
  let arguments = (ins Hvn_Tensor:$input, Hvn_AxesAttr:$over, DenseI64ArrayAttr:$size, StrAttr:$mode,
    DefaultValuedAttr<BoolAttr, "false">:$align_corners, DefaultValuedAttr<BoolAttr, "false">:$antialias);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = [{
    $input `over` $over `size` $size `mode` $mode (`align_corners` $align_corners^)? (`antialias` $antialias^)?
    attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
  let extraClassDeclaration = declareMagnitude;
}

#endif
