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

// CHECK-LABEL: func.func @neutral_of_order
// CHECK-SAME: (%[[X:.*]]: tensor<2x4xf32, #nc>)
func.func @neutral_of_order(%x: !x) -> (!x, !x, !x) {
  // CHECK-NEXT: return %[[X]], %[[X]], %[[X]]
  %one = hvn.constant 1.0 : !s
  %inf = hvn.constant 0x7FF0000000000000 : !s
  %minus = hvn.constant 0xFFF0000000000000 : !s
  %0 = hvn.div %x, %one : (!x, !s) -> !x
  %1 = hvn.maximum %x, %minus : (!x, !s) -> !x
  %2 = hvn.minimum %inf, %x : (!s, !x) -> !x
  return %0, %1, %2 : !x, !x, !x
}

// One over x is not x; infinity is neutral for the minimum alone.
// CHECK-LABEL: func.func @not_neutral_of_order
func.func @not_neutral_of_order(%x: !x) -> (!x, !x) {
  // CHECK: hvn.div
  // CHECK: hvn.maximum
  %one = hvn.constant 1.0 : !s
  %inf = hvn.constant 0x7FF0000000000000 : !s
  %0 = hvn.div %one, %x : (!s, !x) -> !x
  %1 = hvn.maximum %x, %inf : (!x, !s) -> !x
  return %0, %1 : !x, !x
}

// CHECK-LABEL: func.func @of_constants
func.func @of_constants() -> (!s, !s, !s) {
  // CHECK-DAG: %[[Q:.*]] = hvn.constant 7.500000e-01
  // CHECK-DAG: %[[L:.*]] = hvn.constant 4.000000e+00
  // CHECK-DAG: %[[S:.*]] = hvn.constant 3.000000e+00
  // CHECK: return %[[Q]], %[[L]], %[[S]]
  %a = hvn.constant 3.0 : !s
  %b = hvn.constant 4.0 : !s
  %0 = hvn.div %a, %b : (!s, !s) -> !s
  %1 = hvn.maximum %a, %b : (!s, !s) -> !s
  %2 = hvn.minimum %a, %b : (!s, !s) -> !s
  return %0, %1, %2 : !s, !s, !s
}
