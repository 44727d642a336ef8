// Images as inputs.
#ifndef FOVEA_HVN_IMAGE
#define FOVEA_HVN_IMAGE

include "dialect/HvnBase.td"

def Hvn_FromImageOp : Hvn_InferredOp<"from_image", [DeclareOpInterfaceMethods<LayerInterface>]> {
  let summary = "a tensor made from the pixels of an image";
  let description = [{
    The image is of any height and width up to those of its type. It is resized, the middle of it, `size`, is cut out,
    and element c of a pixel becomes `(byte / 255 - mean[c]) / std[c]`. The bytes are those of Pillow's `Image.resize`
    and torchvision's `CenterCrop`, bit for bit: the tent (`bilinear`) or Keys' kernel with a = -1/2 (`bicubic`), as
    much wider as the result is smaller; weights rounded to 22 fractional bits; along one axis, then the other, with
    bytes in between. As in Pillow 13 w comes first, unless h shrinks by more than twice as many pixels as w. `resize` has one value, which the shorter side becomes while the other, rounded down, keeps the aspect;
    or the height and the width; or none: `size`. With the order `bgr` the result's first channel is blue.
    Constraints: (C1) `size` is a height and a width; (C2) `resize` has no, one or two values, none smaller than what is
    cut out; (C3) the filter is bilinear or bicubic; (C4) `mean` and `std` have three values each, finite, and no std is
    0; (C5) the order is rgb or bgr; (C6) no side of an image or a result is longer than 65535; (C7) the memory that
    this takes at most is below 2^31 bytes.

    ```mlir
    %0 = hvn.from_image %photo size [224, 224] resize [256] filter "bicubic" mean [0.5, 0.5, 0.5] std [0.5, 0.5, 0.5]
       order "rgb" : (tensor<4096x4096x3xui8, #hvn.axes<h, w, c>>) -> tensor<1x224x224x3xf32, #hvn.axes<n, h, w, c>>
    ```
  }];
  let arguments = !con((ins Hvn_Image:$input), imageArguments);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = [{
    $input `size` $size `resize` $resize `filter` $filter `mean` $mean `std` $std `order` $order attr-dict `:`
    functional-type(operands, results)
  }];
}

#endif
