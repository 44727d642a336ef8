// RUN: fovea-opt %s --mlir-print-local-scope | fovea-opt --mlir-print-local-scope | FileCheck %s

!x = tensor<1x8x7x9xf32, #hvn.axes<n, c, h, w>>

// CHECK-LABEL: func.func @resize
func.func @resize(%x: !x, %t: tensor<5x3xf32, #hvn.axes<t, c>>) {
  // CHECK: hvn.resize %{{.*}} over <h, w> size [14, 18] mode "nearest" : (tensor<1x8x7x9xf32, #hvn.axes<n, c, h, w>>)
  %0 = hvn.resize %x over <h, w> size [14, 18] mode "nearest" : (!x) -> tensor<1x8x14x18xf32, #hvn.axes<n, c, h, w>>
  // CHECK: hvn.resize %{{.*}} over <w, h> size [4, 3] mode "bilinear" align_corners true antialias true :
  // CHECK-SAME: -> tensor<1x8x3x4xf32, #hvn.axes<n, c, h, w>>
  %1 = hvn.resize %x over <w, h> size [4, 3] mode "bilinear" align_corners true antialias true
     : (!x) -> tensor<1x8x3x4xf32, #hvn.axes<n, c, h, w>>
  // CHECK: hvn.resize %{{.*}} over <t> size [6] mode "bicubic" :
  %2 = hvn.resize %t over <t> size [6] mode "bicubic"
     : (tensor<5x3xf32, #hvn.axes<t, c>>) -> tensor<6x3xf32, #hvn.axes<t, c>>
  return
}
