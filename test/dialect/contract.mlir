// RUN: fovea-opt %s --mlir-print-local-scope | fovea-opt --mlir-print-local-scope | FileCheck %s

!l = tensor<3x2x7x5xf32, #hvn.axes<head, n, q, d>>
!r = tensor<2x4x5x3xf32, #hvn.axes<n, k, d, head>>

// CHECK-LABEL: func.func @contract
func.func @contract(%l: !l, %r: !r) {
  // CHECK: hvn.contract %{{.*}}, %{{.*}} over <d> : (tensor<3x2x7x5xf32, #hvn.axes<head, n, q, d>>, tensor<2x4x5x3xf32, #hvn.axes<n, k, d, head>>) -> tensor<3x2x7x4xf32, #hvn.axes<head, n, q, k>>
  %0 = hvn.contract %l, %r over <d> : (!l, !r) -> tensor<3x2x7x4xf32, #hvn.axes<head, n, q, k>>
  // CHECK: hvn.contract %{{.*}}, %{{.*}} over <d, n> : {{.*}} -> tensor<3x7x4xf32, #hvn.axes<head, q, k>>
  %1 = hvn.contract %l, %r over <d, n> : (!l, !r) -> tensor<3x7x4xf32, #hvn.axes<head, q, k>>
  return
}
