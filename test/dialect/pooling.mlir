// RUN: fovea-opt %s --mlir-print-local-scope | fovea-opt --mlir-print-local-scope | FileCheck %s

!x = tensor<1x8x7x9xf32, #hvn.axes<n, c, h, w>>
!nhwc = tensor<1x7x9x8xf32, #hvn.axes<n, h, w, c>>

// CHECK-LABEL: func.func @pools
func.func @pools(%x: !x, %y: !nhwc) {
  // CHECK: hvn.max_pool %{{.*}} kernel [3, 2] stride [2, 1] :
  // CHECK-SAME: -> tensor<1x8x3x8xf32, #hvn.axes<n, c, h, w>>
  %0 = hvn.max_pool %x kernel [3, 2] stride [2, 1] : (!x) -> tensor<1x8x3x8xf32, #hvn.axes<n, c, h, w>>
  // CHECK: hvn.max_pool %{{.*}} kernel [3, 3] stride [2, 2] pad [1, 1] dilation [1, 2] ceil_mode true :
  %1 = hvn.max_pool %x kernel [3, 3] stride [2, 2] pad [1, 1] dilation [1, 2] ceil_mode true
     : (!x) -> tensor<1x8x4x4xf32, #hvn.axes<n, c, h, w>>
  // The second window down would begin behind the padding before: it is left out.
  // CHECK: hvn.avg_pool %{{.*}} kernel [2, 2] stride [8, 3] ceil_mode true :
  // CHECK-SAME: -> tensor<1x8x1x3xf32, #hvn.axes<n, c, h, w>>
  %2 = hvn.avg_pool %x kernel [2, 2] stride [8, 3] ceil_mode true : (!x) -> tensor<1x8x1x3xf32, #hvn.axes<n, c, h, w>>
  // CHECK: hvn.avg_pool %{{.*}} kernel [3, 3] stride [1, 1] pad [1, 1] count_include_pad false :
  // CHECK-SAME: -> tensor<1x7x9x8xf32, #hvn.axes<n, h, w, c>>
  %3 = hvn.avg_pool %y kernel [3, 3] stride [1, 1] pad [1, 1] count_include_pad false : (!nhwc) -> !nhwc
  // A window larger than what there is.
  // CHECK: hvn.avg_pool %{{.*}} kernel [8, 9] stride [2, 1] ceil_mode true :
  %4 = hvn.avg_pool %x kernel [8, 9] stride [2, 1] ceil_mode true : (!x) -> tensor<1x8x1x1xf32, #hvn.axes<n, c, h, w>>
  // CHECK: hvn.adaptive_avg_pool %{{.*}} size [3, 20] :
  %5 = hvn.adaptive_avg_pool %x size [3, 20] : (!x) -> tensor<1x8x3x20xf32, #hvn.axes<n, c, h, w>>
  // CHECK: hvn.adaptive_max_pool %{{.*}} size [3, 4] :
  %6 = hvn.adaptive_max_pool %y size [3, 4] : (!nhwc) -> tensor<1x3x4x8xf32, #hvn.axes<n, h, w, c>>
  return
}
