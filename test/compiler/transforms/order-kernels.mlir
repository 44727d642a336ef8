// RUN: fovea-opt %s --order-kernels --split-input-file | FileCheck %s

!x = tensor<8x4xf32, #hvn.axes<m, c>>
!mean = tensor<4xf32, #hvn.axes<c>>

kern.func private @double(%x: !x) -> !x {
  %0 = hvn.add %x, %x : (!x, !x) -> !x
  kern.return %0 : !x
}
kern.func private @sum(%x: !x, %y: !x) -> !x {
  %0 = hvn.add %x, %y : (!x, !x) -> !x
  kern.return %0 : !x
}
kern.func private @mean(%x: !x) -> !mean {
  %0 = hvn.mean %x over <m> : (!x) -> !mean
  kern.return %0 : !mean
}
kern.func private @scale(%x: !x, %s: !mean) -> !x {
  %0 = hvn.mul %x, %s : (!x, !mean) -> !x
  kern.return %0 : !x
}

// The value waits until the gate is there.
// CHECK-LABEL: func.func @value_after_gate
// CHECK-SAME: (%[[X:.*]]: tensor
// CHECK-NEXT: %[[K:.*]] = kern.call @double(%[[X]])
// CHECK-NEXT: %[[G:.*]] = kern.call @double(%[[K]])
// CHECK-NEXT: %[[V:.*]] = kern.call @double(%[[X]])
// CHECK-NEXT: kern.call @sum(%[[G]], %[[V]])
func.func @value_after_gate(%x: !x) -> !x {
  %k = kern.call @double(%x) : (!x) -> !x
  %v = kern.call @double(%x) : (!x) -> !x
  %g = kern.call @double(%k) : (!x) -> !x
  %1 = kern.call @sum(%g, %v) : (!x, !x) -> !x
  return %1 : !x
}

// A mean is small: it is taken at once, so that its large operand can go.
// CHECK-LABEL: func.func @mean_stays
// CHECK-SAME: (%[[X:.*]]: tensor
// CHECK-NEXT: %[[A:.*]] = kern.call @double(%[[X]])
// CHECK-NEXT: %[[M:.*]] = kern.call @mean(%[[A]])
// CHECK-NEXT: %[[B:.*]] = kern.call @double(%[[X]])
// CHECK-NEXT: kern.call @scale(%[[B]], %[[M]])
func.func @mean_stays(%x: !x) -> !x {
  %a = kern.call @double(%x) : (!x) -> !x
  %m = kern.call @mean(%a) : (!x) -> !mean
  %b = kern.call @double(%x) : (!x) -> !x
  %1 = kern.call @scale(%b, %m) : (!x, !mean) -> !x
  return %1 : !x
}
