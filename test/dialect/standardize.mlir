// RUN: fovea-opt %s --mlir-print-local-scope | fovea-opt --mlir-print-local-scope | FileCheck %s

!x = tensor<2x3x4xf32, #hvn.axes<n, t, c>>
!c = tensor<4xf32, #hvn.axes<c>>
!ct = tensor<4x3xf32, #hvn.axes<c, t>>

// CHECK-LABEL: func.func @norms
func.func @norms(%x: !x, %c: !c, %ct: !ct) {
  // CHECK: hvn.layer_norm %{{.*}}, %{{.*}}, %{{.*}} over <c> eps 1.000000e-05 : (tensor<2x3x4xf32, #hvn.axes<n, t, c>>, tensor<4xf32, #hvn.axes<c>>, tensor<4xf32, #hvn.axes<c>>) -> tensor<2x3x4xf32, #hvn.axes<n, t, c>>
  %0 = hvn.layer_norm %x, %c, %c over <c> eps 1.0e-5 : (!x, !c, !c) -> !x
  // CHECK: hvn.layer_norm %{{.*}}, %{{.*}} over <c, t> eps 1.000000e-05 : (tensor<2x3x4xf32, #hvn.axes<n, t, c>>, tensor<4x3xf32, #hvn.axes<c, t>>) ->
  %1 = hvn.layer_norm %x, %ct over <c, t> eps 1.0e-5 : (!x, !ct) -> !x
  // CHECK: hvn.layer_norm %{{.*}} over <t> eps 0.000000e+00 : (tensor<2x3x4xf32, #hvn.axes<n, t, c>>) ->
  %2 = hvn.layer_norm %x over <t> eps 0.0 : (!x) -> !x
  // CHECK: hvn.rms_norm %{{.*}}, %{{.*}} over <c> eps 9.9999999999999995E-7 : (tensor<2x3x4xf32, #hvn.axes<n, t, c>>, tensor<4xf32, #hvn.axes<c>>) ->
  %3 = hvn.rms_norm %x, %c over <c> eps 1.0e-6 : (!x, !c) -> !x
  // CHECK: hvn.standardize %{{.*}} over <c> eps 1.000000e-05 : tensor<2x3x4xf32, #hvn.axes<n, t, c>>
  %4 = hvn.standardize %x over <c> eps 1.0e-5 : !x
  // CHECK: hvn.standardize %{{.*}} over <t, c> eps 1.000000e-05 center false : tensor<2x3x4xf32, #hvn.axes<n, t, c>>
  %5 = hvn.standardize %x over <t, c> eps 1.0e-5 center false : !x
  // CHECK: hvn.l2_normalize %{{.*}} over <t> eps 9.9999999999999998E-13 : tensor<2x3x4xf32, #hvn.axes<n, t, c>>
  %6 = hvn.l2_normalize %x over <t> eps 1.0e-12 : !x
  // CHECK: hvn.softmax %{{.*}} over <c> : tensor<2x3x4xf32, #hvn.axes<n, t, c>>
  %7 = hvn.softmax %x over <c> : !x
  // CHECK: hvn.amax %{{.*}} over <n, c> : (tensor<2x3x4xf32, #hvn.axes<n, t, c>>) -> tensor<3xf32, #hvn.axes<t>>
  %8 = hvn.amax %x over <n, c> : (!x) -> tensor<3xf32, #hvn.axes<t>>
  return
}
