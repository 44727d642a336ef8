// RUN: fovea-opt %s --canonicalize | FileCheck %s

!x = tensor<2x6xf32, #hvn.axes<n, c>>

// What changes nothing goes.
// CHECK-LABEL: func.func @nothing
// CHECK-SAME: (%[[X:.*]]: tensor
// CHECK-NEXT: return %[[X]], %[[X]], %[[X]], %[[X]]
func.func @nothing(%x: !x) -> (!x, !x, !x, !x) {
  %0 = hvn.merge %x over <c> into "c" : (!x) -> !x
  %1 = hvn.unmerge %x on "c" into <c> sizes [6] : (!x) -> !x
  %2 = hvn.rename %x from <c> to <c> : (!x) -> !x
  %3 = hvn.expand %x over <> sizes [] : (!x) -> !x
  return %0, %1, %2, %3 : !x, !x, !x, !x
}
