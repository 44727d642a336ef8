// RUN: fovea-opt %s --outline-weights | FileCheck %s

#c = #hvn.axes<c>
!x = tensor<4xf32, #c>

// CHECK-LABEL: func.func @net
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32, #c>)
// CHECK-NEXT: %[[W0:.*]] = kern.weight 0 : tensor<4xf32, #c>
// CHECK-NEXT: %[[Y0:.*]] = kern.call @mul(%[[X]], %[[W0]])
// CHECK-NEXT: %[[W1:.*]] = kern.weight 1
// CHECK-NEXT: %[[Y1:.*]] = kern.call @mul(%[[Y0]], %[[W1]])
// CHECK-NEXT: %[[Y2:.*]] = kern.call @mul(%[[Y1]], %[[W0]])
// CHECK-NEXT: return %[[Y2]]

// CHECK: func.func private @weights() -> (tensor<4xf32, #c>, tensor<4xf32, #c>)
// CHECK-NEXT: %[[A:.*]] = hvn.param "a"
// CHECK-NEXT: %[[B:.*]] = hvn.param "b"
// CHECK-NEXT: %[[SUM:.*]] = hvn.add %[[A]], %[[B]]
// CHECK-NEXT: return %[[SUM]], %[[A]]
func.func @net(%x: !x) -> !x {
  %a = hvn.param "a" : !x
  %b = hvn.param "b" : !x
  %sum = hvn.add %a, %b : (!x, !x) -> !x
  %0 = kern.call @mul(%x, %sum) : (!x, !x) -> !x
  %1 = kern.call @mul(%0, %a) : (!x, !x) -> !x
  // The same arithmetic again is the same weight.
  %again = hvn.add %a, %b : (!x, !x) -> !x
  %2 = kern.call @mul(%1, %again) : (!x, !x) -> !x
  return %2 : !x
}
kern.func @mul(%x: !x, %y: !x) -> !x {
  %0 = hvn.mul %x, %y : (!x, !x) -> !x
  kern.return %0 : !x
}
