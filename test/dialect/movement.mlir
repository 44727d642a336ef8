// RUN: fovea-opt %s --mlir-print-local-scope | fovea-opt --mlir-print-local-scope | FileCheck %s

!x = tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>>

// CHECK-LABEL: func.func @movement
func.func @movement(%x: !x, %table: tensor<9x2xf32, #hvn.axes<t, head>>, %index: tensor<4x4xf32, #hvn.axes<q, k>>) {
  // CHECK: hvn.concat %{{.*}}, %{{.*}} on "c" : (tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>>, tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>>) -> tensor<1x8x6x6xf32, #hvn.axes<n, c, h, w>>
  %0 = hvn.concat %x, %x on "c" : (!x, !x) -> tensor<1x8x6x6xf32, #hvn.axes<n, c, h, w>>
  // CHECK: hvn.roll %{{.*}} over <h, w> by [-1, 2] :
  %1 = hvn.roll %x over <h, w> by [-1, 2] : (!x) -> !x
  // CHECK: hvn.window %{{.*}} over <h, w> into <a, b> size [3, 2] shift [1, 0] : (tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>>) -> tensor<1x4x2x3x3x2xf32, #hvn.axes<n, c, a, b, h, w>>
  %2 = hvn.window %x over <h, w> into <a, b> size [3, 2] shift [1, 0] : (!x) -> tensor<1x4x2x3x3x2xf32, #hvn.axes<n, c, a, b, h, w>>
  // CHECK: hvn.unwindow %{{.*}} over <h, w> from <a, b> shift [1, 0] :
  %3 = hvn.unwindow %2 over <h, w> from <a, b> shift [1, 0] : (tensor<1x4x2x3x3x2xf32, #hvn.axes<n, c, a, b, h, w>>) -> !x
  // CHECK: hvn.unfold %{{.*}} kernel [3, 3] stride [2, 2] pad [1, 1] dilation [1, 1] : (tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>>) -> tensor<1x4x3x3x3x3xf32, #hvn.axes<n, c, y, x, h, w>>
  %4 = hvn.unfold %x kernel [3, 3] stride [2, 2] pad [1, 1] dilation [1, 1] : (!x) -> tensor<1x4x3x3x3x3xf32, #hvn.axes<n, c, y, x, h, w>>
  // CHECK: hvn.gather %{{.*}} at %{{.*}} on "t" : (tensor<9x2xf32, #hvn.axes<t, head>>, tensor<4x4xf32, #hvn.axes<q, k>>) -> tensor<4x4x2xf32, #hvn.axes<q, k, head>>
  %5 = hvn.gather %table at %index on "t" : (tensor<9x2xf32, #hvn.axes<t, head>>, tensor<4x4xf32, #hvn.axes<q, k>>) -> tensor<4x4x2xf32, #hvn.axes<q, k, head>>
  // CHECK: hvn.pixel_shuffle %{{.*}} by 2 : (tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>>) -> tensor<1x1x12x12xf32, #hvn.axes<n, c, h, w>>
  %6 = hvn.pixel_shuffle %x by 2 : (!x) -> tensor<1x1x12x12xf32, #hvn.axes<n, c, h, w>>
  // CHECK: hvn.pixel_unshuffle %{{.*}} by 3 : (tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>>) -> tensor<1x36x2x2xf32, #hvn.axes<n, c, h, w>>
  %7 = hvn.pixel_unshuffle %x by 3 : (!x) -> tensor<1x36x2x2xf32, #hvn.axes<n, c, h, w>>
  // CHECK: hvn.iota "h" axes <h, w> sizes [7, 3] : tensor<7x3xf32, #hvn.axes<h, w>>
  %8 = hvn.iota "h" axes <h, w> sizes [7, 3] : tensor<7x3xf32, #hvn.axes<h, w>>
  return
}
