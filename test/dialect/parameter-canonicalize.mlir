// RUN: fovea-opt %s --canonicalize | FileCheck %s

// Arithmetic on constants is done at once; equal constants are one; parameters have no value yet.
// CHECK-LABEL: func.func @constants
func.func @constants(%x: tensor<3xf32, #hvn.axes<c>>) -> (tensor<3xf32, #hvn.axes<c>>, tensor<3xf32, #hvn.axes<c>>) {
  // CHECK: %[[K:.*]] = hvn.constant 5.000000e-01 : tensor<f32, #scalar>
  // CHECK-NOT: hvn.constant
  // CHECK: %[[W:.*]] = hvn.param "w"
  // CHECK: hvn.mul %{{.*}}, %[[K]]
  // CHECK: hvn.add %[[W]], %[[K]]
  %0 = hvn.constant 2.0 : tensor<f32, #hvn.axes<>>
  %1 = hvn.constant 0.75 : tensor<f32, #hvn.axes<>>
  %2 = hvn.mul %0, %1 : (tensor<f32, #hvn.axes<>>, tensor<f32, #hvn.axes<>>) -> tensor<f32, #hvn.axes<>>
  %3 = hvn.sub %0, %2 : (tensor<f32, #hvn.axes<>>, tensor<f32, #hvn.axes<>>) -> tensor<f32, #hvn.axes<>>
  %w = hvn.param "w" : tensor<3xf32, #hvn.axes<c>>
  %4 = hvn.mul %x, %3 : (tensor<3xf32, #hvn.axes<c>>, tensor<f32, #hvn.axes<>>) -> tensor<3xf32, #hvn.axes<c>>
  %half = hvn.constant 0.5 : tensor<f32, #hvn.axes<>>
  %5 = hvn.add %w, %half : (tensor<3xf32, #hvn.axes<c>>, tensor<f32, #hvn.axes<>>) -> tensor<3xf32, #hvn.axes<c>>
  return %4, %5 : tensor<3xf32, #hvn.axes<c>>, tensor<3xf32, #hvn.axes<c>>
}
