// RUN: fovea-opt %s --verify-diagnostics --split-input-file

!x = tensor<48x64x3xui8, #hvn.axes<h, w, c>>
// from_image C1
func.func @f(%x: !x) {
  // expected-error @+2 {{expected a height and a width of 1 to 65535 for the result}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.from_image %x size [8] resize [10] filter "bicubic" mean [0.0, 0.0, 0.0] std [1.0, 1.0, 1.0] order "rgb"
     : (!x) -> tensor<1x8x6x3xf32, #hvn.axes<n, h, w, c>>
  return
}

// -----

!x = tensor<48x64x3xui8, #hvn.axes<h, w, c>>
// from_image C2
func.func @f(%x: !x) {
  // expected-error @+2 {{resize is the shorter side, or height and width, each 1 to 65535}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.from_image %x size [8, 6] resize [10, 11, 12] filter "bicubic" mean [0.0, 0.0, 0.0] std [1.0, 1.0, 1.0] order "rgb"
     : (!x) -> tensor<1x8x6x3xf32, #hvn.axes<n, h, w, c>>
  return
}

// -----

!x = tensor<48x64x3xui8, #hvn.axes<h, w, c>>
// from_image C2
func.func @f(%x: !x) {
  // expected-error @+2 {{the image is resized to 5 along w, of which no 6 can be cut out}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.from_image %x size [8, 6] resize [10, 5] filter "bicubic" mean [0.0, 0.0, 0.0] std [1.0, 1.0, 1.0] order "rgb"
     : (!x) -> tensor<1x8x6x3xf32, #hvn.axes<n, h, w, c>>
  return
}

// -----

!x = tensor<48x64x3xui8, #hvn.axes<h, w, c>>
// from_image C3
func.func @f(%x: !x) {
  // expected-error @+2 {{expected the filter bilinear or bicubic, found 'box'}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.from_image %x size [8, 6] resize [10] filter "box" mean [0.0, 0.0, 0.0] std [1.0, 1.0, 1.0] order "rgb"
     : (!x) -> tensor<1x8x6x3xf32, #hvn.axes<n, h, w, c>>
  return
}

// -----

!x = tensor<48x64x3xui8, #hvn.axes<h, w, c>>
// from_image C4
func.func @f(%x: !x) {
  // expected-error @+2 {{mean takes three finite numbers, one for each channel of the result}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.from_image %x size [8, 6] resize [10] filter "bicubic" mean [0.0] std [1.0, 1.0, 1.0] order "rgb"
     : (!x) -> tensor<1x8x6x3xf32, #hvn.axes<n, h, w, c>>
  return
}

// -----

!x = tensor<48x64x3xui8, #hvn.axes<h, w, c>>
// from_image C4
func.func @f(%x: !x) {
  // expected-error @+2 {{std must not be 0}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.from_image %x size [8, 6] resize [10] filter "bicubic" mean [0.0, 0.0, 0.0] std [1.0, 0.0, 1.0] order "rgb"
     : (!x) -> tensor<1x8x6x3xf32, #hvn.axes<n, h, w, c>>
  return
}

// -----

!x = tensor<48x64x3xui8, #hvn.axes<h, w, c>>
// from_image C5
func.func @f(%x: !x) {
  // expected-error @+2 {{expected the order rgb or bgr, found 'rbg'}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.from_image %x size [8, 6] resize [10] filter "bicubic" mean [0.0, 0.0, 0.0] std [1.0, 1.0, 1.0] order "rbg"
     : (!x) -> tensor<1x8x6x3xf32, #hvn.axes<n, h, w, c>>
  return
}

// -----

!x = tensor<48x64x3xui8, #hvn.axes<h, w, c>>
// from_image C6
func.func @f(%x: !x) {
  // expected-error @+2 {{expected a height and a width of 1 to 65535 for the result}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.from_image %x size [8, 65536] resize [10] filter "bicubic" mean [0.0, 0.0, 0.0] std [1.0, 1.0, 1.0] order "rgb"
     : (!x) -> tensor<1x8x6x3xf32, #hvn.axes<n, h, w, c>>
  return
}

// -----

!x = tensor<70000x64x3xui8, #hvn.axes<h, w, c>>
// from_image C6
func.func @f(%x: !x) {
  // expected-error @+2 {{an image of at most 65535 x 65535 expected, found image[h=70000, w=64]}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.from_image %x size [8, 6] resize [10] filter "bicubic" mean [0.0, 0.0, 0.0] std [1.0, 1.0, 1.0] order "rgb"
     : (!x) -> tensor<1x8x6x3xf32, #hvn.axes<n, h, w, c>>
  return
}

// -----

!x = tensor<65535x65535x3xui8, #hvn.axes<h, w, c>>
// from_image C7
func.func @f(%x: !x) {
  // expected-error @+2 {{resizing of images up to image[h=65535, w=65535] takes}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.from_image %x size [1, 65535] resize [1, 65535] filter "bicubic" mean [0.0, 0.0, 0.0] std [1.0, 1.0, 1.0] order "rgb"
     : (!x) -> tensor<1x8x6x3xf32, #hvn.axes<n, h, w, c>>
  return
}

// -----

!x = tensor<1x3x8x8xf32, #hvn.axes<n, c, h, w>>
func.func @f(%x: !x) {
  // expected-error @+1 {{operand #0 must be u8 tensor on the axes h, w, c, three of c}}
  %0 = hvn.from_image %x size [8, 8] resize [] filter "bicubic" mean [0.0, 0.0, 0.0] std [1.0, 1.0, 1.0] order "rgb"
     : (!x) -> tensor<1x8x8x3xf32, #hvn.axes<n, h, w, c>>
  return
}

// -----

func.func @f(%y: memref<1x2x2x3xf32>, %s: memref<1600xf32>) {
  // expected-error @+1 {{'kern.image' op expects parent op 'kern.program'}}
  kern.image 0 to %y scratch %s size [2, 2] resize [] filter "bilinear" mean [0.0, 0.0, 0.0] std [1.0, 1.0, 1.0] order "rgb"
     : memref<1x2x2x3xf32>, memref<1600xf32>
  return
}
