// RUN: fovea-opt %s --pack-weights --split-input-file --mlir-print-local-scope | FileCheck %s

#nc = #hvn.axes<n, c>
#c = #hvn.axes<c>
#oi = #hvn.axes<o, i>
!x = tensor<2x8xf32, #nc>
!y = tensor<2x20xf32, #nc>

// CHECK-LABEL: func.func @linear_twice
// CHECK: %[[W:.*]] = hvn.param "w"
// CHECK: %[[B:.*]] = hvn.param "b"
// CHECK-DAG: %[[WP:.*]] = kern.pack %[[W]] panel 16 : tensor<20x8xf32, #hvn.axes<o, i>> to tensor<2x8x16xf32, #hvn.axes<p, i, l>>
// CHECK-DAG: %[[BP:.*]] = kern.pack %[[B]] panel 16 : tensor<20xf32, #hvn.axes<c>> to tensor<2x16xf32, #hvn.axes<p, l>>
// CHECK: kern.call @linear(%{{.*}}, %[[WP]], %[[BP]])
// CHECK: %[[VP:.*]] = kern.pack
// CHECK: kern.call @linear(
func.func @linear_twice(%x: !x) -> (!y, !y) {
  %w = hvn.param "w" : tensor<20x8xf32, #oi>
  %b = hvn.param "b" : tensor<20xf32, #c>
  %v = hvn.param "v" : tensor<20x8xf32, #oi>
  %0 = kern.call @linear(%x, %w, %b) : (!x, tensor<20x8xf32, #oi>, tensor<20xf32, #c>) -> !y
  %1 = kern.call @linear(%x, %v, %b) : (!x, tensor<20x8xf32, #oi>, tensor<20xf32, #c>) -> !y
  return %0, %1 : !y, !y
}
// CHECK-LABEL: kern.func @linear
// CHECK-SAME: (%[[X:.*]]: tensor<2x8xf32, {{.*}}>, %[[WA:.*]]: tensor<2x8x16xf32, #hvn.axes<p, i, l>>, %[[BA:.*]]: tensor<2x16xf32, #hvn.axes<p, l>>)
// CHECK-NEXT: %[[WU:.*]] = kern.unpack %[[WA]] panel 16
// CHECK-NEXT: %[[BU:.*]] = kern.unpack %[[BA]] panel 16
// CHECK-NEXT: hvn.linear %[[X]], %[[WU]], %[[BU]]
kern.func @linear(%x: !x, %w: tensor<20x8xf32, #oi>, %b: tensor<20xf32, #c>) -> !y {
  %0 = hvn.linear %x, %w, %b : (!x, tensor<20x8xf32, #oi>, tensor<20xf32, #c>) -> !y
  kern.return %0 : !y
}

// -----

#nhwc = #hvn.axes<n, h, w, c>
#c = #hvn.axes<c>
#oi = #hvn.axes<o, i>
#oiyx = #hvn.axes<o, i, y, x>
!x = tensor<1x4x4x8xf32, #nhwc>
!s = tensor<1x4x4x1xf32, #nhwc>

// The channels of a depthwise filter go inside; its bias, and the weights of one output, stay.
// CHECK-LABEL: func.func @depthwise
// CHECK: %[[P:.*]] = hvn.permute %{{.*}} : tensor<8x1x3x3xf32, #hvn.axes<o, i, y, x>> to tensor<1x3x3x8xf32, #hvn.axes<i, y, x, o>>
// CHECK-NEXT: kern.call @dot(%{{.*}}, %[[P]], %{{.*}}, %{{.*}}) : ({{.*}}, tensor<8xf32, #hvn.axes<c>>, tensor<1x8xf32, #hvn.axes<o, i>>)
func.func @depthwise(%x: !x) -> !s {
  %w = hvn.param "w" : tensor<8x1x3x3xf32, #oiyx>
  %b = hvn.param "b" : tensor<8xf32, #c>
  %v = hvn.param "v" : tensor<1x8xf32, #oi>
  %0 = kern.call @dot(%x, %w, %b, %v) : (!x, tensor<8x1x3x3xf32, #oiyx>, tensor<8xf32, #c>, tensor<1x8xf32, #oi>) -> !s
  return %0 : !s
}
// CHECK-LABEL: kern.func @dot
// CHECK: %[[W:.*]] = hvn.permute %{{.*}} : tensor<1x3x3x8xf32, #hvn.axes<i, y, x, o>> to tensor<8x1x3x3xf32, #hvn.axes<o, i, y, x>>
// CHECK-NEXT: hvn.conv %{{.*}}, %[[W]], %{{.*}} pad [1, 1] groups 8
kern.func @dot(%x: !x, %w: tensor<8x1x3x3xf32, #oiyx>, %b: tensor<8xf32, #c>, %v: tensor<1x8xf32, #oi>) -> !s {
  %0 = hvn.conv %x, %w, %b pad [1, 1] groups 8 : (!x, tensor<8x1x3x3xf32, #oiyx>, tensor<8xf32, #c>) -> !x
  %1 = hvn.linear %0, %v : (!x, tensor<1x8xf32, #oi>) -> !s
  kern.return %1 : !s
}

// -----

#nhwc = #hvn.axes<n, h, w, c>
#oiyx = #hvn.axes<o, i, y, x>
!x = tensor<1x4x4x8xf32, #nhwc>

// CHECK-LABEL: func.func @dense
// CHECK: kern.pack %{{.*}} panel 16 : tensor<8x8x3x3xf32, #hvn.axes<o, i, y, x>> to tensor<1x3x3x8x16xf32, #hvn.axes<p, y, x, i, l>>
func.func @dense(%x: !x) -> !x {
  %w = hvn.param "w" : tensor<8x8x3x3xf32, #oiyx>
  %0 = kern.call @conv(%x, %w) : (!x, tensor<8x8x3x3xf32, #oiyx>) -> !x
  return %0 : !x
}
kern.func @conv(%x: !x, %w: tensor<8x8x3x3xf32, #oiyx>) -> !x {
  %0 = hvn.conv %x, %w pad [1, 1] : (!x, tensor<8x8x3x3xf32, #oiyx>) -> !x
  kern.return %0 : !x
}

// -----

#nc = #hvn.axes<n, c>
#oi = #hvn.axes<o, i>
!x = tensor<2x8xf32, #nc>

// At one call the matrix is no parameter: nothing is packed.
// CHECK-LABEL: func.func @computed
// CHECK-NOT: kern.pack
func.func @computed(%x: !x, %w: tensor<8x8xf32, #oi>) -> !x {
  %v = hvn.param "v" : tensor<8x8xf32, #oi>
  %0 = kern.call @linear(%x, %v) : (!x, tensor<8x8xf32, #oi>) -> !x
  %1 = kern.call @linear(%0, %w) : (!x, tensor<8x8xf32, #oi>) -> !x
  return %1 : !x
}
// CHECK-LABEL: kern.func @linear
// CHECK-NOT: kern.unpack
kern.func @linear(%x: !x, %w: tensor<8x8xf32, #oi>) -> !x {
  %0 = hvn.linear %x, %w : (!x, tensor<8x8xf32, #oi>) -> !x
  kern.return %0 : !x
}
