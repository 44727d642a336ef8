// RUN: fovea-opt %s --mlir-print-local-scope | fovea-opt --mlir-print-local-scope | FileCheck %s

!c = tensor<3xf32, #hvn.axes<c>>

// CHECK-LABEL: func.func @batch_norm
func.func @batch_norm(%x: tensor<2x3xf32, #hvn.axes<n, c>>, %w: !c, %b: !c, %m: !c, %v: !c) {
  // CHECK: hvn.batch_norm %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} eps 1.000000e-03 : tensor<2x3xf32, #hvn.axes<n, c>>, tensor<3xf32, #hvn.axes<c>>
  %0 = hvn.batch_norm %x, %w, %b, %m, %v eps 1.0e-3 : tensor<2x3xf32, #hvn.axes<n, c>>, !c
  return
}

!x = tensor<2x6x5x4xf32, #hvn.axes<n, c, h, w>>
!m = tensor<2x3x5x2xf32, #hvn.axes<n, g, b, s>>
!d = tensor<6xf32, #hvn.axes<c>>

// CHECK-LABEL: func.func @group_norm
func.func @group_norm(%x: !x, %w: !d, %one: tensor<2x1x5x2xf32, #hvn.axes<n, g, b, s>>) {
  // CHECK: hvn.group_norm %{{.*}}, %{{.*}}, %{{.*}} groups 3 eps 1.000000e-03 : tensor<2x6x5x4xf32, #hvn.axes<n, c, h, w>>, tensor<6xf32, #hvn.axes<c>>
  %0 = hvn.group_norm %x, %w, %w groups 3 eps 1.0e-3 : !x, !d
  // CHECK: hvn.moments %{{.*}} groups 3 rows "h" : (tensor<2x6x5x4xf32, #hvn.axes<n, c, h, w>>) -> tensor<2x3x5x2xf32, #hvn.axes<n, g, b, s>>
  %1 = hvn.moments %x groups 3 rows "h" : (!x) -> !m
  // CHECK: hvn.normalize %{{.*}} by %{{.*}} eps 1.000000e-03 : (tensor<2x6x5x4xf32, #hvn.axes<n, c, h, w>>, tensor<2x3x5x2xf32, #hvn.axes<n, g, b, s>>) -> tensor<2x6x5x4xf32, #hvn.axes<n, c, h, w>>
  %2 = hvn.normalize %x by %1 eps 1.0e-3 : (!x, !m) -> !x
  // CHECK: hvn.normalize %{{.*}} by %{{.*}} sums %{{.*}} eps 1.000000e-03 :
  %3 = hvn.normalize %x by %one sums %w eps 1.0e-3 : (!x, tensor<2x1x5x2xf32, #hvn.axes<n, g, b, s>>, !d) -> !x
  return
}
