// RUN: fovea-opt %s --mlir-print-local-scope | fovea-opt --mlir-print-local-scope | FileCheck %s

!x = tensor<2x6x4xf32, #hvn.axes<n, c, t>>

// CHECK-LABEL: func.func @axes
func.func @axes(%x: !x) {
  // CHECK: hvn.merge %{{.*}} over <t, n> into "m" : (tensor<2x6x4xf32, #hvn.axes<n, c, t>>) -> tensor<6x8xf32, #hvn.axes<c, m>>
  %0 = hvn.merge %x over <t, n> into "m" : (!x) -> tensor<6x8xf32, #hvn.axes<c, m>>
  // CHECK: hvn.unmerge %{{.*}} on "c" into <g, c> sizes [2, 3] : (tensor<2x6x4xf32, #hvn.axes<n, c, t>>) -> tensor<2x2x3x4xf32, #hvn.axes<n, g, c, t>>
  %1 = hvn.unmerge %x on "c" into <g, c> sizes [2, 3] : (!x) -> tensor<2x2x3x4xf32, #hvn.axes<n, g, c, t>>
  // CHECK: hvn.rename %{{.*}} from <c, t> to <t, c> : (tensor<2x6x4xf32, #hvn.axes<n, c, t>>) -> tensor<2x6x4xf32, #hvn.axes<n, t, c>>
  %2 = hvn.rename %x from <c, t> to <t, c> : (!x) -> tensor<2x6x4xf32, #hvn.axes<n, t, c>>
  // CHECK: hvn.slice
  %3 = hvn.slice %x on "t" from 0 size 1 : (!x) -> tensor<2x6x1xf32, #hvn.axes<n, c, t>>
  // CHECK: hvn.expand %{{.*}} over <b, t> sizes [3, 5] : (tensor<2x6x1xf32, #hvn.axes<n, c, t>>) -> tensor<3x2x6x5xf32, #hvn.axes<b, n, c, t>>
  %4 = hvn.expand %3 over <b, t> sizes [3, 5] : (tensor<2x6x1xf32, #hvn.axes<n, c, t>>) -> tensor<3x2x6x5xf32, #hvn.axes<b, n, c, t>>
  return
}
