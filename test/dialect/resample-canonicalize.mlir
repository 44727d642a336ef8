// RUN: fovea-opt %s --canonicalize --mlir-print-local-scope | FileCheck %s

!x = tensor<1x8x7x9xf32, #hvn.axes<n, c, h, w>>

// CHECK-LABEL: func.func @same_size
// CHECK-SAME: (%[[X:.*]]: tensor
func.func @same_size(%x: !x) -> !x {
  // CHECK-NEXT: return %[[X]]
  %0 = hvn.resize %x over <h, w> size [7, 9] mode "bicubic" align_corners true antialias true : (!x) -> !x
  return %0 : !x
}

// CHECK-LABEL: func.func @other_size
func.func @other_size(%x: !x) -> tensor<1x8x7x8xf32, #hvn.axes<n, c, h, w>> {
  // CHECK-NEXT: hvn.resize
  %0 = hvn.resize %x over <h, w> size [7, 8] mode "nearest" : (!x) -> tensor<1x8x7x8xf32, #hvn.axes<n, c, h, w>>
  return %0 : tensor<1x8x7x8xf32, #hvn.axes<n, c, h, w>>
}
