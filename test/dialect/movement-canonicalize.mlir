// RUN: fovea-opt %s --canonicalize --mlir-print-local-scope | FileCheck %s

!x = tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>>

// CHECK-LABEL: func.func @concat_of_one
// CHECK-NEXT: return %arg0
func.func @concat_of_one(%x: !x) -> !x {
  %0 = hvn.concat %x on "c" : (!x) -> !x
  return %0 : !x
}

// CHECK-LABEL: func.func @shuffle
// CHECK: %[[A:.*]] = hvn.unmerge %arg0 on "c" into <c, y, x> sizes [1, 2, 2]
// CHECK: %[[B:.*]] = hvn.merge %[[A]] over <h, y> into "h"
// CHECK: hvn.merge %[[B]] over <w, x> into "w"
func.func @shuffle(%x: !x) -> tensor<1x1x12x12xf32, #hvn.axes<n, c, h, w>> {
  %0 = hvn.pixel_shuffle %x by 2 : (!x) -> tensor<1x1x12x12xf32, #hvn.axes<n, c, h, w>>
  return %0 : tensor<1x1x12x12xf32, #hvn.axes<n, c, h, w>>
}

// CHECK-LABEL: func.func @unshuffle
// CHECK: %[[A:.*]] = hvn.unmerge %arg0 on "h" into <h, y> sizes [2, 3]
// CHECK: %[[B:.*]] = hvn.unmerge %[[A]] on "w" into <w, x> sizes [2, 3]
// CHECK: hvn.merge %[[B]] over <c, y, x> into "c"
func.func @unshuffle(%x: !x) -> tensor<1x36x2x2xf32, #hvn.axes<n, c, h, w>> {
  %0 = hvn.pixel_unshuffle %x by 3 : (!x) -> tensor<1x36x2x2xf32, #hvn.axes<n, c, h, w>>
  return %0 : tensor<1x36x2x2xf32, #hvn.axes<n, c, h, w>>
}
