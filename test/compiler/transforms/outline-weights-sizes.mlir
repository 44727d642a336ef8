// RUN: fovea-opt %s --outline-weights | FileCheck %s

// Two sizes of a network share what is computed alike: %half is there once, and the tables are one for each.
#c = #hvn.axes<c>
!s = tensor<4xf32, #c>
!l = tensor<8xf32, #c>

// CHECK-LABEL: func.func @net_4
// CHECK: %[[W0:.*]] = kern.weight 0 : tensor<4xf32, #c>
// CHECK-NEXT: kern.call @add(%{{.*}}, %[[W0]])
// CHECK: %[[W1:.*]] = kern.weight 1 : tensor<4xf32, #c>
// CHECK-NEXT: kern.call @add(%{{.*}}, %[[W1]])
func.func @net_4(%x: !s) -> !s attributes {hvn.size = 4 : i64} {
  %w = hvn.param "w" : !s
  %half = hvn.constant 5.000000e-01 : tensor<f32, #hvn.axes<>>
  %scaled = hvn.mul %w, %half : (!s, tensor<f32, #hvn.axes<>>) -> !s
  %table = hvn.param "table4" : !s
  %0 = kern.call @add(%x, %scaled) : (!s, !s) -> !s
  %1 = kern.call @add(%0, %table) : (!s, !s) -> !s
  return %1 : !s
}
// CHECK-LABEL: func.func @net_8
// CHECK: %[[W2:.*]] = kern.weight 2 : tensor<8xf32, #c>
// CHECK-NEXT: kern.call @gather(%{{.*}}, %[[W2]])
// CHECK: %[[W0:.*]] = kern.weight 0 : tensor<4xf32, #c>
// CHECK-NEXT: kern.call @add(%{{.*}}, %[[W0]])
func.func @net_8(%x: !l) -> !s attributes {hvn.size = 8 : i64} {
  %table = hvn.param "table8" : !l
  %0 = kern.call @gather(%x, %table) : (!l, !l) -> !s
  %w = hvn.param "w" : !s
  %half = hvn.constant 5.000000e-01 : tensor<f32, #hvn.axes<>>
  %scaled = hvn.mul %w, %half : (!s, tensor<f32, #hvn.axes<>>) -> !s
  %1 = kern.call @add(%0, %scaled) : (!s, !s) -> !s
  return %1 : !s
}
// CHECK: func.func private @weights() -> (tensor<4xf32, #c>, tensor<4xf32, #c>, tensor<8xf32, #c>)
// CHECK-COUNT-1: hvn.param "w"
// CHECK-NOT: hvn.param "w"
// CHECK: return

kern.func @add(%x: !s, %y: !s) -> !s {
  %0 = hvn.add %x, %y : (!s, !s) -> !s
  kern.return %0 : !s
}
kern.func @gather(%x: !l, %y: !l) -> !s {
  %0 = hvn.add %x, %y : (!l, !l) -> !l
  %1 = hvn.slice %0 on "c" from 0 size 4 : (!l) -> !s
  kern.return %1 : !s
}
