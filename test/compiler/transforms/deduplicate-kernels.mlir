// RUN: fovea-opt %s --deduplicate-kernels | FileCheck %s

#c = #hvn.axes<c>
!x = tensor<4xf32, #c>

// CHECK-LABEL: func.func @f
// CHECK: kern.call @add_relu(
// CHECK: kern.call @add_relu(
// CHECK: kern.call @relu_add(
// CHECK: kern.call @swapped(
// CHECK: kern.call @other_constant(
// CHECK: kern.call @scheduled(
func.func @f(%x: !x) -> !x {
  %0 = kern.call @add_relu(%x, %x) : (!x, !x) -> !x
  %1 = kern.call @same(%0, %x) : (!x, !x) -> !x
  %2 = kern.call @relu_add(%1, %x) : (!x, !x) -> !x
  %3 = kern.call @swapped(%2, %x) : (!x, !x) -> !x
  %4 = kern.call @other_constant(%3, %x) : (!x, !x) -> !x
  %5 = kern.call @scheduled(%4, %x) : (!x, !x) -> !x
  return %5 : !x
}

// CHECK: kern.func @add_relu
kern.func @add_relu(%x: !x, %y: !x) -> !x {
  %k = hvn.constant 1.0 : tensor<f32, #hvn.axes<>>
  %0 = hvn.sub %x, %y : (!x, !x) -> !x
  %1 = hvn.mul %0, %k : (!x, tensor<f32, #hvn.axes<>>) -> !x
  kern.return %1 : !x
}
// Another name, other names inside, another place: the same kernel.
// CHECK-NOT: kern.func @same
kern.func @same(%a: !x, %b: !x) -> !x {
  %k = hvn.constant 1.0 : tensor<f32, #hvn.axes<>> loc("elsewhere")
  %c = hvn.sub %a, %b : (!x, !x) -> !x loc("elsewhere")
  %d = hvn.mul %c, %k : (!x, tensor<f32, #hvn.axes<>>) -> !x
  kern.return %d : !x
} loc("elsewhere")
// CHECK: kern.func @relu_add
kern.func @relu_add(%x: !x, %y: !x) -> !x {
  %k = hvn.constant 1.0 : tensor<f32, #hvn.axes<>>
  %0 = hvn.sub %x, %y : (!x, !x) -> !x
  %1 = hvn.add %0, %k : (!x, tensor<f32, #hvn.axes<>>) -> !x
  kern.return %1 : !x
}
// CHECK: kern.func @swapped
kern.func @swapped(%x: !x, %y: !x) -> !x {
  %k = hvn.constant 1.0 : tensor<f32, #hvn.axes<>>
  %0 = hvn.sub %y, %x : (!x, !x) -> !x
  %1 = hvn.mul %0, %k : (!x, tensor<f32, #hvn.axes<>>) -> !x
  kern.return %1 : !x
}
// CHECK: kern.func @other_constant
kern.func @other_constant(%x: !x, %y: !x) -> !x {
  %k = hvn.constant 2.0 : tensor<f32, #hvn.axes<>>
  %0 = hvn.sub %x, %y : (!x, !x) -> !x
  %1 = hvn.mul %0, %k : (!x, tensor<f32, #hvn.axes<>>) -> !x
  kern.return %1 : !x
}
// CHECK: kern.func @scheduled
kern.func @scheduled(%x: !x, %y: !x) -> !x
    attributes {schedule = #kern.schedule<"pointwise" {vector = 4, across = 0, tile_m = 1, parallel = 1}>} {
  %k = hvn.constant 1.0 : tensor<f32, #hvn.axes<>>
  %0 = hvn.sub %x, %y : (!x, !x) -> !x
  %1 = hvn.mul %0, %k : (!x, tensor<f32, #hvn.axes<>>) -> !x
  kern.return %1 : !x
}
