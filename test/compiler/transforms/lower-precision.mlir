// RUN: fovea-opt %s --lower-precision --split-input-file --mlir-print-local-scope | FileCheck %s

#mc = #hvn.axes<m, c>
#nhwc = #hvn.axes<n, h, w, c>
#oi = #hvn.axes<o, i>
!x = tensor<4x8xf32, #mc>
!w = tensor<8x8xf32, #oi>

// What two layers alone read is stored in bf16, under another name, too; what is an output as well is not, nor an input.
// CHECK-LABEL: func.func @chain
// CHECK-SAME: (%[[X:.*]]: tensor<4x8xf32
// CHECK: %[[W:.*]] = hvn.param "w" : tensor<8x8xf32
// CHECK: %[[H0:.*]] = hvn.cast %[[W]] : {{.*}} to tensor<8x8xbf16
// CHECK: %[[Y:.*]] = kern.call @first(%[[X]], %[[H0]]) : (tensor<4x8xf32, {{.*}}>, tensor<8x8xbf16, {{.*}}>) -> tensor<4x8xbf16
// CHECK: %[[M:.*]] = hvn.reshape %[[Y]] : tensor<4x8xbf16, {{.*}}> to tensor<1x2x2x8xbf16
// CHECK: %[[N:.*]] = hvn.reshape %[[M]] : tensor<1x2x2x8xbf16, {{.*}}> to tensor<4x8xbf16
// CHECK: %[[A:.*]] = kern.call @second(%[[N]], %{{.*}}) : (tensor<4x8xbf16, {{.*}}>, tensor<8x8xbf16, {{.*}}>) -> tensor<4x8xf32
// CHECK: %[[B:.*]] = kern.call @third(%[[Y]], %[[A]], %{{.*}}) : (tensor<4x8xbf16, {{.*}}>, tensor<4x8xf32, {{.*}}>, tensor<8x8xbf16, {{.*}}>) -> tensor<4x8xf32
func.func @chain(%x: !x) -> (!x, !x) {
  %w = hvn.param "w" : !w
  %0 = kern.call @first(%x, %w) : (!x, !w) -> !x
  %1 = hvn.reshape %0 : !x to tensor<1x2x2x8xf32, #nhwc>
  %2 = hvn.reshape %1 : tensor<1x2x2x8xf32, #nhwc> to !x
  %3 = kern.call @second(%2, %w) : (!x, !w) -> !x
  %4 = kern.call @third(%0, %3, %w) : (!x, !x, !w) -> !x
  return %3, %4 : !x, !x
}
// CHECK-LABEL: kern.func @first
// CHECK-SAME: (%[[X:.*]]: tensor<4x8xf32, {{.*}}>, %[[W:.*]]: tensor<8x8xbf16
// CHECK-NEXT: %[[XH:.*]] = hvn.cast %[[X]] : {{.*}} to tensor<4x8xbf16
// CHECK-NEXT: %[[XF:.*]] = hvn.cast %[[XH]] : {{.*}} to tensor<4x8xf32
// CHECK-NEXT: %[[WF:.*]] = hvn.cast %[[W]] : {{.*}} to tensor<8x8xf32
// CHECK-NEXT: %[[Y:.*]] = hvn.linear %[[XF]], %[[WF]]
// CHECK-NEXT: %[[Z:.*]] = hvn.relu %[[Y]] : tensor<4x8xf32
// CHECK-NEXT: %[[H:.*]] = hvn.cast %[[Z]] : {{.*}} to tensor<4x8xbf16
// CHECK-NEXT: kern.return %[[H]] : tensor<4x8xbf16
kern.func @first(%x: !x, %w: !w) -> !x {
  %0 = hvn.linear %x, %w : (!x, !w) -> !x
  %1 = hvn.relu %0 : !x
  kern.return %1 : !x
}
// CHECK-LABEL: kern.func @second
// CHECK-SAME: (%[[X:.*]]: tensor<4x8xbf16, {{.*}}>, %{{.*}}: tensor<8x8xbf16, {{.*}}>) -> tensor<4x8xf32
// CHECK-NEXT: hvn.cast %[[X]] : {{.*}} to tensor<4x8xf32
kern.func @second(%x: !x, %w: !w) -> !x {
  %0 = hvn.linear %x, %w : (!x, !w) -> !x
  kern.return %0 : !x
}
// What is added stays f32.
// CHECK-LABEL: kern.func @third
// CHECK-SAME: (%{{.*}}: tensor<4x8xbf16, {{.*}}>, %[[R:.*]]: tensor<4x8xf32, {{.*}}>, %{{.*}}: tensor<8x8xbf16
// CHECK: hvn.add %{{.*}}, %[[R]]
kern.func @third(%x: !x, %r: !x, %w: !w) -> !x {
  %0 = hvn.linear %x, %w : (!x, !w) -> !x
  %1 = hvn.add %0, %r : (!x, !x) -> !x
  kern.return %1 : !x
}

// -----

#nhwc = #hvn.axes<n, h, w, c>
#oiyx = #hvn.axes<o, i, y, x>
!x = tensor<1x4x4x8xf32, #nhwc>
!w = tensor<8x8x3x3xf32, #oiyx>
!d = tensor<8x1x3x3xf32, #oiyx>
!o = tensor<8x3x3x3xf32, #oiyx>

// A product is rounded where it is computed; where a result is read as f32, too, it stays f32. Three input channels
// make no pairs, and a depthwise convolution has none: they stay f32.
// CHECK-LABEL: func.func @maps
// CHECK: kern.call @stem(%{{.*}}, %{{.*}}) : (tensor<1x4x4x3xf32, {{.*}}>, tensor<8x3x3x3xf32, {{.*}}>) -> tensor<1x4x4x8xf32
// CHECK: kern.call @depthwise(%{{.*}}, %{{.*}}) : (tensor<1x4x4x8xf32, {{.*}}>, tensor<8x1x3x3xf32, {{.*}}>) -> tensor<1x4x4x8xf32
// CHECK: kern.call @product(%{{.*}}, %{{.*}}, %{{.*}}) : (tensor<1x4x4x8xf32, {{.*}}>, tensor<1x4x4x8xf32, {{.*}}>, tensor<8x8x3x3xbf16
func.func @maps(%image: tensor<1x4x4x3xf32, #nhwc>) -> !x {
  %o = hvn.param "o" : !o
  %d = hvn.param "d" : !d
  %w = hvn.param "w" : !w
  %0 = kern.call @stem(%image, %o) : (tensor<1x4x4x3xf32, #nhwc>, !o) -> !x
  %1 = kern.call @depthwise(%0, %d) : (!x, !d) -> !x
  %2 = kern.call @product(%1, %0, %w) : (!x, !x, !w) -> !x
  return %2 : !x
}
kern.func @stem(%x: tensor<1x4x4x3xf32, #nhwc>, %w: !o) -> !x {
  %0 = hvn.conv %x, %w pad [1, 1] : (tensor<1x4x4x3xf32, #nhwc>, !o) -> !x
  kern.return %0 : !x
}
kern.func @depthwise(%x: !x, %w: !d) -> !x {
  %0 = hvn.conv %x, %w pad [1, 1] groups 8 : (!x, !d) -> !x
  kern.return %0 : !x
}
// CHECK-LABEL: kern.func @product
// CHECK: %[[P:.*]] = hvn.mul
// CHECK-NEXT: %[[H:.*]] = hvn.cast %[[P]] : {{.*}} to tensor<1x4x4x8xbf16
// CHECK-NEXT: %[[F:.*]] = hvn.cast %[[H]]
// CHECK: hvn.conv %[[F]], %{{.*}} pad [1, 1]
kern.func @product(%x: !x, %y: !x, %w: !w) -> !x {
  %0 = hvn.mul %x, %y : (!x, !x) -> !x
  %1 = hvn.conv %0, %w pad [1, 1] : (!x, !w) -> !x
  kern.return %1 : !x
}

// -----

#mc = #hvn.axes<m, c>
#oi = #hvn.axes<o, i>
!x = tensor<4x8xf32, #mc>
!h = tensor<4x4xf32, #mc>
!w = tensor<8x4xf32, #oi>

// A part of a tensor is a part of the rounded one.
// CHECK-LABEL: func.func @parts
// CHECK: %[[Y:.*]] = kern.call @relu(%{{.*}}) : {{.*}} -> tensor<4x8xbf16
// CHECK: kern.call @part(%[[Y]], %{{.*}}) : (tensor<4x8xbf16
func.func @parts(%x: !x) -> !x {
  %w = hvn.param "w" : !w
  %0 = kern.call @relu(%x) : (!x) -> !x
  %1 = kern.call @part(%0, %w) : (!x, !w) -> !x
  return %1 : !x
}
kern.func @relu(%x: !x) -> !x {
  %0 = hvn.relu %x : !x
  kern.return %0 : !x
}
// CHECK-LABEL: kern.func @part
// CHECK-NEXT: %[[S:.*]] = hvn.slice %{{.*}} on "c" from 4 size 4 : (tensor<4x8xbf16, {{.*}}>) -> tensor<4x4xbf16
// CHECK-NEXT: hvn.cast %[[S]] : {{.*}} to tensor<4x4xf32
kern.func @part(%x: !x, %w: !w) -> !x {
  %0 = hvn.slice %x on "c" from 4 size 4 : (!x) -> !h
  %1 = hvn.linear %0, %w : (!h, !w) -> !x
  kern.return %1 : !x
}

// -----

#mc = #hvn.axes<m, c>
#nhwc = #hvn.axes<n, h, w, c>
#oi = #hvn.axes<o, i>
#oiyx = #hvn.axes<o, i, y, x>
!x = tensor<1x4x4x32xf32, #nhwc>
!w = tensor<32x16x3x3xf32, #oiyx>
!v = tensor<32x8x3x3xf32, #oiyx>
!p = tensor<1x32xf32, #mc>
!h = tensor<8x32xf32, #oi>

// Groups of 16 outputs fill a vector, those of 8 do not; and of a single pixel only the weights are rounded.
// CHECK-LABEL: func.func @groups
// CHECK: kern.call @wide(%{{.*}}, %{{.*}}) : (tensor<1x4x4x32xf32, {{.*}}>, tensor<32x16x3x3xbf16
// CHECK: kern.call @narrow(%{{.*}}, %{{.*}}) : (tensor<1x4x4x32xf32, {{.*}}>, tensor<32x8x3x3xf32
// CHECK: kern.call @head(%{{.*}}, %{{.*}}) : (tensor<1x32xf32, {{.*}}>, tensor<8x32xbf16
func.func @groups(%x: !x, %pixel: !p) -> (!x, tensor<1x8xf32, #mc>) {
  %w = hvn.param "w" : !w
  %v = hvn.param "v" : !v
  %h = hvn.param "h" : !h
  %0 = kern.call @wide(%x, %w) : (!x, !w) -> !x
  %1 = kern.call @narrow(%0, %v) : (!x, !v) -> !x
  %2 = kern.call @head(%pixel, %h) : (!p, !h) -> tensor<1x8xf32, #mc>
  return %1, %2 : !x, tensor<1x8xf32, #mc>
}
kern.func @wide(%x: !x, %w: !w) -> !x {
  %0 = hvn.conv %x, %w pad [1, 1] groups 2 : (!x, !w) -> !x
  kern.return %0 : !x
}
kern.func @narrow(%x: !x, %w: !v) -> !x {
  %0 = hvn.conv %x, %w pad [1, 1] groups 4 : (!x, !v) -> !x
  kern.return %0 : !x
}
// CHECK-LABEL: kern.func @head
// CHECK: hvn.linear %arg0, %{{.*}} : (tensor<1x32xf32
kern.func @head(%x: !p, %w: !h) -> tensor<1x8xf32, #mc> {
  %0 = hvn.linear %x, %w : (!p, !h) -> tensor<1x8xf32, #mc>
  kern.return %0 : tensor<1x8xf32, #mc>
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
// CHECK: %[[N:.*]] = hvn.cast %[[W]] : {{.*}} to tensor<8x8xbf16
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
