// RUN: fovea-opt %s --mlir-print-local-scope | fovea-opt --mlir-print-local-scope | FileCheck %s

!x = tensor<2x3x4xf32, #hvn.axes<n, t, c>>

// CHECK-LABEL: func.func @reductions
func.func @reductions(%x: !x) {
  // CHECK: hvn.mean %{{.*}} over <n, c> : (tensor<2x3x4xf32, #hvn.axes<n, t, c>>) -> tensor<3xf32, #hvn.axes<t>>
  %0 = hvn.mean %x over <n, c> : (!x) -> tensor<3xf32, #hvn.axes<t>>
  // CHECK: hvn.sum %{{.*}} over <t> keepdim true : (tensor<2x3x4xf32, #hvn.axes<n, t, c>>) -> tensor<2x1x4xf32, #hvn.axes<n, t, c>>
  %1 = hvn.sum %x over <t> keepdim true : (!x) -> tensor<2x1x4xf32, #hvn.axes<n, t, c>>
  return
}
