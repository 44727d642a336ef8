// RUN: fovea-opt %s --narrow-weights --split-input-file --mlir-print-local-scope | FileCheck %s

#mc = #hvn.axes<m, c>
#c = #hvn.axes<c>
#oi = #hvn.axes<o, i>
!x = tensor<4x8xf32, #mc>
!w = tensor<8x8xf32, #oi>
!h = tensor<8x8xbf16, #oi>
!b = tensor<8xf32, #c>

// Weights are narrowed, and what is added to each channel is not, nor what is bf16 already.
// CHECK-LABEL: func.func @net
// CHECK: %[[W:.*]] = hvn.param "w" : tensor<8x8xf32
// CHECK: %[[N:.*]] = hvn.cast %[[W]] : {{.*}} to tensor<8x8xf16
// CHECK: kern.call @linear(%{{.*}}, %[[N]], %{{.*}}) : (tensor<4x8xf32, {{.*}}>, tensor<8x8xf16, {{.*}}>, tensor<8xf32, {{.*}}>)
// CHECK: kern.call @bf16(%{{.*}}, %{{.*}}) : (tensor<4x8xf32, {{.*}}>, tensor<8x8xbf16, {{.*}}>)
// CHECK: kern.call @add(%{{.*}}, %{{.*}}) : (tensor<4x8xf32, {{.*}}>, tensor<4x8xf32, {{.*}}>)
func.func @net(%x: !x) -> !x {
  %w = hvn.param "w" : !w
  %b = hvn.param "b" : !b
  %p = hvn.param "p" : !x
  %h = hvn.cast %w : !w to !h
  %0 = kern.call @linear(%x, %w, %b) : (!x, !w, !b) -> !x
  %1 = kern.call @bf16(%0, %h) : (!x, !h) -> !x
  // A tensor that is a parameter at one call only.
  %2 = kern.call @add(%1, %p) : (!x, !x) -> !x
  %3 = kern.call @add(%1, %2) : (!x, !x) -> !x
  return %3 : !x
}
// CHECK-LABEL: kern.func @linear
// CHECK-SAME: (%[[X:.*]]: tensor<4x8xf32, {{.*}}>, %[[W:.*]]: tensor<8x8xf16, {{.*}}>, %[[B:.*]]: tensor<8xf32
// CHECK-NEXT: %[[F:.*]] = hvn.cast %[[W]] : {{.*}} to tensor<8x8xf32
// CHECK-NEXT: hvn.linear %[[X]], %[[F]], %[[B]]
kern.func @linear(%x: !x, %w: !w, %b: !b) -> !x {
  %0 = hvn.linear %x, %w, %b : (!x, !w, !b) -> !x
  kern.return %0 : !x
}
kern.func @bf16(%x: !x, %h: !h) -> !x {
  %w = hvn.cast %h : !h to !w
  %0 = hvn.linear %x, %w : (!x, !w) -> !x
  kern.return %0 : !x
}
kern.func @add(%x: !x, %y: !x) -> !x {
  %0 = hvn.add %x, %y : (!x, !x) -> !x
  kern.return %0 : !x
}

// -----

#mc = #hvn.axes<m, c>
#c = #hvn.axes<c>
#o = #hvn.axes<o>
#oi = #hvn.axes<o, i>
!x = tensor<4x8xf32, #mc>
!w = tensor<8x8xf32, #oi>
!s = tensor<8xf32, #c>

// What makes up for a normalization behind the product is of the rounded weights.
// CHECK-LABEL: func.func @sums
// CHECK: %[[W:.*]] = hvn.param "w"
// CHECK: %[[N:.*]] = hvn.cast %[[W]] : {{.*}} to tensor<8x8xf16
// CHECK: %[[R:.*]] = hvn.cast %[[N]] : {{.*}} to tensor<8x8xf32
// CHECK: %[[S:.*]] = hvn.sum %[[R]] over
// CHECK: %[[C:.*]] = hvn.reshape %[[S]]
// CHECK: kern.call @linear(%{{.*}}, %[[N]], %[[C]])
func.func @sums(%x: !x) -> !x {
  %w = hvn.param "w" : !w
  %0 = hvn.sum %w over <i> : (!w) -> tensor<8xf32, #o>
  %1 = hvn.reshape %0 : tensor<8xf32, #o> to !s
  %2 = kern.call @linear(%x, %w, %1) : (!x, !w, !s) -> !x
  return %2 : !x
}
kern.func @linear(%x: !x, %w: !w, %s: !s) -> !x {
  %0 = hvn.linear %x, %w : (!x, !w) -> !x
  %1 = hvn.sub %0, %s : (!x, !s) -> !x
  kern.return %1 : !x
}
