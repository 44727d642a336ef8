// RUN: fovea-opt %s --mlir-print-local-scope | fovea-opt --mlir-print-local-scope | FileCheck %s

!x = tensor<2x3x4xf32, #hvn.axes<n, t, c>>
!c = tensor<4xf32, #hvn.axes<c>>

// CHECK-LABEL: func.func @unary
func.func @unary(%x: !x) {
  // CHECK: hvn.relu %{{.*}} : tensor<2x3x4xf32, #hvn.axes<n, t, c>>
  %0 = hvn.relu %x : !x
  // CHECK: hvn.gelu %{{.*}} : tensor<2x3x4xf32, #hvn.axes<n, t, c>>
  %1 = hvn.gelu %x : !x
  // CHECK: hvn.sigmoid %{{.*}} : tensor<2x3x4xf32, #hvn.axes<n, t, c>>
  %2 = hvn.sigmoid %x : !x
  // CHECK: hvn.rsqrt %{{.*}} : tensor<2x3x4xf32, #hvn.axes<n, t, c>>
  %3 = hvn.rsqrt %x : !x
  return
}

// Axes broadcast by name: an absent one, one of size 1, and both in one op.
// CHECK-LABEL: func.func @binary
func.func @binary(%x: !x, %c: !c, %s: tensor<f32, #hvn.axes<>>, %g: tensor<1x4x2xf32, #hvn.axes<t, c, n>>) {
  // CHECK: hvn.add %{{.*}}, %{{.*}} : (tensor<2x3x4xf32, #hvn.axes<n, t, c>>, tensor<4xf32, #hvn.axes<c>>) -> tensor<2x3x4xf32, #hvn.axes<n, t, c>>
  %0 = hvn.add %x, %c : (!x, !c) -> !x
  // CHECK: hvn.sub %{{.*}}, %{{.*}} : (tensor<f32, #hvn.axes<>>, tensor<2x3x4xf32, #hvn.axes<n, t, c>>) -> tensor<2x3x4xf32, #hvn.axes<n, t, c>>
  %1 = hvn.sub %s, %x : (tensor<f32, #hvn.axes<>>, !x) -> !x
  // CHECK: hvn.mul %{{.*}}, %{{.*}} : (tensor<2x3x4xf32, #hvn.axes<n, t, c>>, tensor<1x4x2xf32, #hvn.axes<t, c, n>>) -> tensor<2x3x4xf32, #hvn.axes<n, t, c>>
  %2 = hvn.mul %x, %g : (!x, tensor<1x4x2xf32, #hvn.axes<t, c, n>>) -> !x
  return
}
