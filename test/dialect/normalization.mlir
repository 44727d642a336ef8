// RUN: fovea-opt %s --mlir-print-local-scope | fovea-opt --mlir-print-local-scope | FileCheck %s

!c = tensor<3xf32, #hvn.axes<c>>

// CHECK-LABEL: func.func @batch_norm
func.func @batch_norm(%x: tensor<2x3xf32, #hvn.axes<n, c>>, %w: !c, %b: !c, %m: !c, %v: !c) {
  // CHECK: hvn.batch_norm %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} eps 1.000000e-03 : tensor<2x3xf32, #hvn.axes<n, c>>, tensor<3xf32, #hvn.axes<c>>
  %0 = hvn.batch_norm %x, %w, %b, %m, %v eps 1.0e-3 : tensor<2x3xf32, #hvn.axes<n, c>>, !c
  return
}
