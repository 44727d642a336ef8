// RUN: fovea-opt %s --canonicalize --mlir-print-local-scope | FileCheck %s

!x = tensor<1x8x6x9xf32, #hvn.axes<n, c, h, w>>
!one = tensor<1x8x1x1xf32, #hvn.axes<n, c, h, w>>

// CHECK-LABEL: func.func @nothing_is_pooled
// CHECK-SAME: (%[[X:.*]]: tensor
func.func @nothing_is_pooled(%x: !x) -> (!x, !x, !x, !x) {
  // CHECK-NEXT: return %[[X]], %[[X]], %[[X]], %[[X]]
  %0 = hvn.max_pool %x kernel [1, 1] stride [1, 1] : (!x) -> !x
  %1 = hvn.avg_pool %x kernel [1, 1] stride [1, 1] : (!x) -> !x
  %2 = hvn.adaptive_max_pool %x size [6, 9] : (!x) -> !x
  %3 = hvn.adaptive_avg_pool %x size [6, 9] : (!x) -> !x
  return %0, %1, %2, %3 : !x, !x, !x, !x
}

// Every other element is not every element, and a window that moves by one along one axis may not along the other.
// CHECK-LABEL: func.func @something_is_pooled
func.func @something_is_pooled(%x: !x) -> (tensor<1x8x3x9xf32, #hvn.axes<n, c, h, w>>, !x) {
  // CHECK-NEXT: hvn.max_pool
  %0 = hvn.max_pool %x kernel [1, 1] stride [2, 1] : (!x) -> tensor<1x8x3x9xf32, #hvn.axes<n, c, h, w>>
  // CHECK-NEXT: hvn.avg_pool
  %1 = hvn.avg_pool %x kernel [1, 3] stride [1, 1] pad [0, 1] : (!x) -> !x
  return %0, %1 : tensor<1x8x3x9xf32, #hvn.axes<n, c, h, w>>, !x
}

// CHECK-LABEL: func.func @equal_windows
func.func @equal_windows(%x: !x) -> (tensor<1x8x3x9xf32, #hvn.axes<n, c, h, w>>, tensor<1x8x2x3xf32, #hvn.axes<n, c, h, w>>) {
  // CHECK-NEXT: hvn.avg_pool %{{.*}} kernel [2, 1] stride [2, 1] :
  %0 = hvn.adaptive_avg_pool %x size [3, 9] : (!x) -> tensor<1x8x3x9xf32, #hvn.axes<n, c, h, w>>
  // CHECK-NEXT: hvn.max_pool %{{.*}} kernel [3, 3] stride [3, 3] :
  %1 = hvn.adaptive_max_pool %x size [2, 3] : (!x) -> tensor<1x8x2x3xf32, #hvn.axes<n, c, h, w>>
  return %0, %1 : tensor<1x8x3x9xf32, #hvn.axes<n, c, h, w>>, tensor<1x8x2x3xf32, #hvn.axes<n, c, h, w>>
}

// CHECK-LABEL: func.func @unequal_windows
func.func @unequal_windows(%x: !x) -> (tensor<1x8x3x2xf32, #hvn.axes<n, c, h, w>>, tensor<1x8x4x9xf32, #hvn.axes<n, c, h, w>>) {
  // CHECK-NEXT: hvn.adaptive_avg_pool
  %0 = hvn.adaptive_avg_pool %x size [3, 2] : (!x) -> tensor<1x8x3x2xf32, #hvn.axes<n, c, h, w>>
  // CHECK-NEXT: hvn.adaptive_max_pool
  %1 = hvn.adaptive_max_pool %x size [4, 9] : (!x) -> tensor<1x8x4x9xf32, #hvn.axes<n, c, h, w>>
  return %0, %1 : tensor<1x8x3x2xf32, #hvn.axes<n, c, h, w>>, tensor<1x8x4x9xf32, #hvn.axes<n, c, h, w>>
}

// CHECK-LABEL: func.func @whole_map
func.func @whole_map(%x: !x) -> (!one, !one) {
  // CHECK-NEXT: %[[MEAN:.*]] = hvn.mean %{{.*}} over <h, w> keepdim true
  // CHECK-NEXT: %[[AGAIN:.*]] = hvn.mean %{{.*}} over <h, w> keepdim true
  // CHECK-NEXT: return %[[MEAN]], %[[AGAIN]]
  %0 = hvn.adaptive_avg_pool %x size [1, 1] : (!x) -> !one
  %1 = hvn.avg_pool %x kernel [6, 9] stride [1, 1] : (!x) -> !one
  return %0, %1 : !one, !one
}

// With padding, or cut off at the end, it is the mean of something else.
// CHECK-LABEL: func.func @more_than_the_map
func.func @more_than_the_map(%x: !x) -> (!one, !one) {
  // CHECK-NEXT: hvn.avg_pool
  %0 = hvn.avg_pool %x kernel [6, 9] stride [3, 3] pad [1, 0] : (!x) -> !one
  // CHECK-NEXT: hvn.avg_pool
  %1 = hvn.avg_pool %x kernel [6, 8] stride [1, 2] : (!x) -> !one
  return %0, %1 : !one, !one
}
