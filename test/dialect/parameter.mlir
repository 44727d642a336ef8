// RUN: fovea-opt %s --mlir-print-local-scope | fovea-opt --mlir-print-local-scope | FileCheck %s

// CHECK-LABEL: func.func @parameters
func.func @parameters() {
  // CHECK: hvn.param "blocks.0.weight" : tensor<3x4xf32, #hvn.axes<o, i>>
  %0 = hvn.param "blocks.0.weight" : tensor<3x4xf32, #hvn.axes<o, i>>
  // CHECK: hvn.constant -2.500000e-01 : tensor<f32, #hvn.axes<>>
  %1 = hvn.constant -0.25 : tensor<f32, #hvn.axes<>>
  return
}
