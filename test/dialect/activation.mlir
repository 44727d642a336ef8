// RUN: fovea-opt %s --mlir-print-local-scope | fovea-opt --mlir-print-local-scope | FileCheck %s

!x = tensor<2x3x4xf32, #hvn.axes<n, t, c>>
!c = tensor<4xf32, #hvn.axes<c>>

// CHECK-LABEL: func.func @activations
func.func @activations(%x: !x, %w: !c, %one: tensor<1xf32, #hvn.axes<c>>) {
  // CHECK: hvn.gelu_tanh %{{.*}} : tensor<2x3x4xf32, #hvn.axes<n, t, c>>
  %0 = hvn.gelu_tanh %x : !x
  // CHECK: hvn.quick_gelu %{{.*}} : tensor<2x3x4xf32, #hvn.axes<n, t, c>>
  %1 = hvn.quick_gelu %x : !x
  // CHECK: hvn.silu %{{.*}} : tensor<2x3x4xf32, #hvn.axes<n, t, c>>
  %2 = hvn.silu %x : !x
  // CHECK: hvn.mish %{{.*}} : tensor<2x3x4xf32, #hvn.axes<n, t, c>>
  %3 = hvn.mish %x : !x
  // CHECK: hvn.softplus %{{.*}} : tensor<2x3x4xf32, #hvn.axes<n, t, c>>
  %4 = hvn.softplus %x : !x
  // CHECK: hvn.hard_sigmoid %{{.*}} : tensor<2x3x4xf32, #hvn.axes<n, t, c>>
  %5 = hvn.hard_sigmoid %x : !x
  // CHECK: hvn.hard_swish %{{.*}} : tensor<2x3x4xf32, #hvn.axes<n, t, c>>
  %6 = hvn.hard_swish %x : !x
  // CHECK: hvn.relu6 %{{.*}} : tensor<2x3x4xf32, #hvn.axes<n, t, c>>
  %7 = hvn.relu6 %x : !x
  // CHECK: hvn.selu %{{.*}} : tensor<2x3x4xf32, #hvn.axes<n, t, c>>
  %8 = hvn.selu %x : !x
  // CHECK: hvn.tanh %{{.*}} : tensor<2x3x4xf32, #hvn.axes<n, t, c>>
  %9 = hvn.tanh %x : !x
  // CHECK: hvn.erf %{{.*}} : tensor<2x3x4xf32, #hvn.axes<n, t, c>>
  %10 = hvn.erf %x : !x
  // CHECK: hvn.exp %{{.*}} : tensor<2x3x4xf32, #hvn.axes<n, t, c>>
  %11 = hvn.exp %x : !x
  // CHECK: hvn.log %{{.*}} : tensor<2x3x4xf32, #hvn.axes<n, t, c>>
  %12 = hvn.log %x : !x
  // CHECK: hvn.sqrt %{{.*}} : tensor<2x3x4xf32, #hvn.axes<n, t, c>>
  %13 = hvn.sqrt %x : !x
  // CHECK: hvn.abs %{{.*}} : tensor<2x3x4xf32, #hvn.axes<n, t, c>>
  %14 = hvn.abs %x : !x
  // CHECK: hvn.clamp %{{.*}} low -1.000000e+00 high 0x7FF0000000000000 : tensor<2x3x4xf32, #hvn.axes<n, t, c>>
  %15 = hvn.clamp %x low -1.000000e+00 high 0x7FF0000000000000 : !x
  // CHECK: hvn.leaky_relu %{{.*}} slope 1.000000e-02 : tensor<2x3x4xf32, #hvn.axes<n, t, c>>
  %16 = hvn.leaky_relu %x slope 1.000000e-02 : !x
  // CHECK: hvn.elu %{{.*}} alpha 5.000000e-01 : tensor<2x3x4xf32, #hvn.axes<n, t, c>>
  %17 = hvn.elu %x alpha 5.000000e-01 : !x
  // CHECK: hvn.celu %{{.*}} alpha 2.000000e+00 : tensor<2x3x4xf32, #hvn.axes<n, t, c>>
  %18 = hvn.celu %x alpha 2.000000e+00 : !x
  // CHECK: hvn.prelu %{{.*}}, %{{.*}} : tensor<2x3x4xf32, #hvn.axes<n, t, c>>, tensor<4xf32, #hvn.axes<c>>
  %19 = hvn.prelu %x, %w : !x, tensor<4xf32, #hvn.axes<c>>
  // CHECK: hvn.prelu %{{.*}}, %{{.*}} : tensor<2x3x4xf32, #hvn.axes<n, t, c>>, tensor<1xf32, #hvn.axes<c>>
  %20 = hvn.prelu %x, %one : !x, tensor<1xf32, #hvn.axes<c>>
  return
}

// CHECK-LABEL: func.func @of_two
func.func @of_two(%x: !x, %c: !c) {
  // CHECK: hvn.div %{{.*}}, %{{.*}} : (tensor<2x3x4xf32, #hvn.axes<n, t, c>>, tensor<4xf32, #hvn.axes<c>>) -> tensor<2x3x4xf32, #hvn.axes<n, t, c>>
  %0 = hvn.div %x, %c : (!x, !c) -> !x
  // CHECK: hvn.maximum %{{.*}}, %{{.*}} : (tensor<2x3x4xf32, #hvn.axes<n, t, c>>, tensor<4xf32, #hvn.axes<c>>) -> tensor<2x3x4xf32, #hvn.axes<n, t, c>>
  %1 = hvn.maximum %x, %c : (!x, !c) -> !x
  // CHECK: hvn.minimum %{{.*}}, %{{.*}} : (tensor<2x3x4xf32, #hvn.axes<n, t, c>>, tensor<4xf32, #hvn.axes<c>>) -> tensor<2x3x4xf32, #hvn.axes<n, t, c>>
  %2 = hvn.minimum %x, %c : (!x, !c) -> !x
  return
}
