// RUN: fovea-opt %s --mlir-print-local-scope | fovea-opt --mlir-print-local-scope | FileCheck %s

!x = tensor<2x6x4xf32, #hvn.axes<n, c, t>>

// CHECK-LABEL: func.func @shapes
func.func @shapes(%x: !x) {
  // CHECK: hvn.permute %{{.*}} : tensor<2x6x4xf32, #hvn.axes<n, c, t>> to tensor<4x2x6xf32, #hvn.axes<t, n, c>>
  %0 = hvn.permute %x : !x to tensor<4x2x6xf32, #hvn.axes<t, n, c>>
  // CHECK: hvn.reshape %{{.*}} : tensor<2x6x4xf32, #hvn.axes<n, c, t>> to tensor<2x24xf32, #hvn.axes<n, c>>
  %1 = hvn.reshape %x : !x to tensor<2x24xf32, #hvn.axes<n, c>>
  // CHECK: hvn.slice %{{.*}} on "c" from 2 size 4 : (tensor<2x6x4xf32, #hvn.axes<n, c, t>>) -> tensor<2x4x4xf32, #hvn.axes<n, c, t>>
  %2 = hvn.slice %x on "c" from 2 size 4 : (!x) -> tensor<2x4x4xf32, #hvn.axes<n, c, t>>
  // CHECK: hvn.split %{{.*}} on "c" into [3, 3] : (tensor<2x6x4xf32, #hvn.axes<n, c, t>>) -> (tensor<2x3x4xf32, #hvn.axes<n, c, t>>, tensor<2x3x4xf32, #hvn.axes<n, c, t>>)
  %3:2 = hvn.split %x on "c" into [3, 3] : (!x) -> (tensor<2x3x4xf32, #hvn.axes<n, c, t>>, tensor<2x3x4xf32, #hvn.axes<n, c, t>>)
  // CHECK: hvn.pad %{{.*}} over <n, t> low [1, 0] high [0, 2] : (tensor<2x6x4xf32, #hvn.axes<n, c, t>>) -> tensor<3x6x6xf32, #hvn.axes<n, c, t>>
  %4 = hvn.pad %x over <n, t> low [1, 0] high [0, 2] : (!x) -> tensor<3x6x6xf32, #hvn.axes<n, c, t>>
  // CHECK: hvn.keep %{{.*}} as "stem" : tensor<2x6x4xf32, #hvn.axes<n, c, t>>
  %5 = hvn.keep %x as "stem" : !x
  // CHECK: hvn.cast %{{.*}} : tensor<2x6x4xf32, #hvn.axes<n, c, t>> to tensor<2x6x4xbf16, #hvn.axes<n, c, t>>
  %6 = hvn.cast %x : !x to tensor<2x6x4xbf16, #hvn.axes<n, c, t>>
  return
}
