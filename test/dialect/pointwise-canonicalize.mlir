// RUN: fovea-opt %s --canonicalize | FileCheck %s

!x = tensor<2x4xf32, #hvn.axes<n, c>>
!s = tensor<f32, #hvn.axes<>>

// CHECK-LABEL: func.func @neutral
// CHECK-SAME: (%[[X:.*]]: tensor<2x4xf32, #nc>)
func.func @neutral(%x: !x) -> (!x, !x, !x) {
  // CHECK-NEXT: return %[[X]], %[[X]], %[[X]]
  %zero = hvn.constant 0.0 : !s
  %one = hvn.constant 1.0 : !s
  %0 = hvn.add %zero, %x : (!s, !x) -> !x
  %1 = hvn.sub %x, %zero : (!x, !s) -> !x
  %2 = hvn.mul %x, %one : (!x, !s) -> !x
  return %0, %1, %2 : !x, !x, !x
}

// Zero minus x is not x; x times zero is not zero when x is NaN.
// CHECK-LABEL: func.func @not_neutral
func.func @not_neutral(%x: !x) -> (!x, !x) {
  // CHECK: hvn.sub
  // CHECK: hvn.mul
  %zero = hvn.constant 0.0 : !s
  %0 = hvn.sub %zero, %x : (!s, !x) -> !x
  %1 = hvn.mul %x, %zero : (!x, !s) -> !x
  return %0, %1 : !x, !x
}

// CHECK-LABEL: func.func @relu_of_relu
func.func @relu_of_relu(%x: !x) -> !x {
  // CHECK-NEXT: %[[R:.*]] = hvn.relu
  // CHECK-NEXT: return %[[R]]
  %0 = hvn.relu %x : !x
  %1 = hvn.relu %0 : !x
  return %1 : !x
}
