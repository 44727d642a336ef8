// RUN: fovea-opt %s --mlir-print-local-scope | fovea-opt --mlir-print-local-scope | FileCheck %s

!q = tensor<2x6x8x4xf32, #hvn.axes<n, c, h, w>>
!k = tensor<2x6x5xf32, #hvn.axes<n, c, t>>
!v = tensor<2x9x5xf32, #hvn.axes<n, c, t>>

// CHECK-LABEL: func.func @attention
func.func @attention(%q: !q, %k: !k, %v: !v) {
  // CHECK: hvn.attention %{{.*}}, %{{.*}}, %{{.*}} heads 3 scale 5.000000e-01 queries <h, w> keys <t> : (tensor<2x6x8x4xf32, #hvn.axes<n, c, h, w>>, tensor<2x6x5xf32, #hvn.axes<n, c, t>>, tensor<2x9x5xf32, #hvn.axes<n, c, t>>) -> tensor<2x9x8x4xf32, #hvn.axes<n, c, h, w>>
  %0 = hvn.attention %q, %k, %v heads 3 scale 0.5 queries <h, w> keys <t> : (!q, !k, !v) -> tensor<2x9x8x4xf32, #hvn.axes<n, c, h, w>>
  return
}
