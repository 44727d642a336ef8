// RUN: fovea-opt %s --plan-memory --split-input-file | FileCheck %s
// RUN: fovea-opt %s --plan-memory=reuse=false --split-input-file | FileCheck %s --check-prefix=APART

#nc = #hvn.axes<n, c>
!x = tensor<4x16xf32, #nc>

// A chain needs two places of 256 bytes, whatever its length; at the end the kernel writes the output itself.
// CHECK: kern.program @chain arena 512 weights 320
// CHECK-SAME: inputs [{name = "x", type = tensor<4x16xf32, #nc>}] outputs [{name = "y", type = tensor<4x16xf32, #nc>}]
// CHECK-SAME: attributes {lower_bound_bytes = 512 : i64}
// CHECK-NEXT: %[[X:.*]] = kern.buffer input 0 : memref<4x16xf32>
// CHECK-NEXT: %[[W1:.*]] = kern.buffer weights 64 : memref<4x16xf32>
// CHECK-NEXT: %[[A:.*]] = kern.buffer arena 0 : memref<4x16xf32>
// CHECK-NEXT: kern.launch @mul(%[[X]], %[[W1]]) to (%[[A]])
// CHECK-NEXT: %[[B:.*]] = kern.buffer arena 256
// CHECK-NEXT: kern.launch @mul(%[[A]], %[[W1]]) to (%[[B]])
// CHECK-NEXT: %[[C:.*]] = kern.buffer arena 0
// CHECK-NEXT: kern.launch @mul(%[[B]], %[[W1]]) to (%[[C]])
// CHECK-NEXT: %[[W0:.*]] = kern.buffer weights 0 : memref<2xf32>
// CHECK-NEXT: %[[Y:.*]] = kern.buffer output 0
// CHECK-NEXT: kern.launch @add(%[[C]], %[[W0]]) to (%[[Y]])
// CHECK-NEXT: }
// CHECK-NOT: func.func @chain
// CHECK: func.func private @weights
// CHECK: kern.func @mul

// APART: kern.program @chain arena 768
// APART: arena 0
// APART: arena 256
// APART: arena 512
func.func @chain(%x: !x {hvn.name = "x"}) -> (!x {hvn.name = "y"}) {
  %w1 = kern.weight 1 : !x
  %0 = kern.call @mul(%x, %w1) : (!x, !x) -> !x
  %1 = kern.call @mul(%0, %w1) : (!x, !x) -> !x
  %2 = kern.call @mul(%1, %w1) : (!x, !x) -> !x
  %w0 = kern.weight 0 : tensor<2xf32, #hvn.axes<k>>
  %3 = kern.call @add(%2, %w0) : (!x, tensor<2xf32, #hvn.axes<k>>) -> !x
  return %3 : !x
}
func.func private @weights() -> (tensor<2xf32, #hvn.axes<k>>, !x) {
  %0 = hvn.param "small" : tensor<2xf32, #hvn.axes<k>>
  %1 = hvn.param "large" : !x
  return %0, %1 : tensor<2xf32, #hvn.axes<k>>, !x
}
kern.func @mul(%x: !x, %y: !x) -> !x {
  %0 = hvn.mul %x, %y : (!x, !x) -> !x
  kern.return %0 : !x
}
kern.func @add(%x: !x, %y: tensor<2xf32, #hvn.axes<k>>) -> !x {
  %0 = hvn.relu %x : !x
  kern.return %0 : !x
}

// -----

#nc = #hvn.axes<n, c>
!x = tensor<4x16xf32, #nc>
!m = tensor<64xf32, #hvn.axes<m>>

// A value that is read late keeps its place, also under another name; the small value between the large ones fills a
// gap; a value that nobody reads has a place while it is written.
// CHECK: kern.program @lives arena 576 weights 0
// CHECK-SAME: inputs [{name = "input0", {{.*}}}] outputs [{name = "output0", {{.*}}}]
// CHECK: %[[A:.*]] = kern.buffer arena 0 : memref<4x16xf32>
// CHECK-NEXT: kern.launch @relu(%{{.*}}) to (%[[A]])
// CHECK-NEXT: %[[AM:.*]] = kern.buffer arena 0 : memref<64xf32>
// CHECK-NEXT: %[[S:.*]] = kern.buffer arena 512 : memref<3xf32>
// CHECK-NEXT: kern.launch @small(%[[AM]]) to (%[[S]])
// CHECK-NEXT: %[[B:.*]] = kern.buffer arena 256
// CHECK-NEXT: kern.launch @relu(%[[A]]) to (%[[B]])
// CHECK-NEXT: %[[UNREAD:.*]] = kern.buffer arena 256
// CHECK-NEXT: kern.launch @relu(%[[A]]) to (%[[UNREAD]])
// CHECK-NEXT: %[[Y:.*]] = kern.buffer output 0 : memref<4x16xf32>
// CHECK-NEXT: kern.launch @join(%[[A]], %[[S]]) to (%[[Y]])
func.func @lives(%x: !x) -> !m {
  %a = kern.call @relu(%x) : (!x) -> !x
  %am = hvn.reshape %a : !x to !m
  %s = kern.call @small(%am) : (!m) -> tensor<3xf32, #hvn.axes<k>>
  %b = kern.call @relu(%a) : (!x) -> !x
  %unread = kern.call @relu(%a) : (!x) -> !x
  %y = kern.call @join(%a, %s) : (!x, tensor<3xf32, #hvn.axes<k>>) -> !x
  %ym = hvn.reshape %y : !x to !m
  return %ym : !m
}
kern.func @relu(%x: !x) -> !x {
  %0 = hvn.relu %x : !x
  kern.return %0 : !x
}
kern.func @small(%x: !m) -> tensor<3xf32, #hvn.axes<k>> {
  %0 = hvn.slice %x on "m" from 0 size 3 : (!m) -> tensor<3xf32, #hvn.axes<m>>
  %1 = hvn.reshape %0 : tensor<3xf32, #hvn.axes<m>> to tensor<3xf32, #hvn.axes<k>>
  kern.return %1 : tensor<3xf32, #hvn.axes<k>>
}
kern.func @join(%x: !x, %s: tensor<3xf32, #hvn.axes<k>>) -> !x {
  %0 = hvn.relu %x : !x
  kern.return %0 : !x
}

// -----

// The size that a network is one of several for.
// CHECK: kern.program @net_4 arena 0
// CHECK-SAME: size = 4 : i64
// APART: kern.program @net_4
func.func @net_4(%x: tensor<4xf32, #hvn.axes<c>>) -> tensor<4xf32, #hvn.axes<c>> attributes {hvn.size = 4 : i64} {
  %0 = kern.call @relu(%x) : (tensor<4xf32, #hvn.axes<c>>) -> tensor<4xf32, #hvn.axes<c>>
  return %0 : tensor<4xf32, #hvn.axes<c>>
}
kern.func @relu(%x: tensor<4xf32, #hvn.axes<c>>) -> tensor<4xf32, #hvn.axes<c>> {
  %0 = hvn.relu %x : tensor<4xf32, #hvn.axes<c>>
  kern.return %0 : tensor<4xf32, #hvn.axes<c>>
}

// -----

// An image is read by the program itself, with scratch memory that is free again for what the next kernel makes.
// CHECK: kern.program @photo arena [[ARENA:[0-9]+]]
// CHECK-SAME: inputs [{name = "photo", type = tensor<9x8x3xui8, #{{.*}}>}]
// CHECK-NEXT: %[[SCRATCH:.*]] = kern.buffer arena [[AT:[0-9]+]] : memref<{{[0-9]+}}xf32>
// CHECK-NEXT: %[[X:.*]] = kern.buffer arena {{[0-9]+}} : memref<1x2x4x3xf32>
// CHECK-NEXT: kern.image 0 to %[[X]] scratch %[[SCRATCH]] size [2, 4] resize [4] filter "bicubic"
// CHECK: kern.buffer arena [[AT]] : memref<1x2x4x3xf32>
// CHECK: kern.launch @relu(%[[X]])
// CHECK: kern.launch @relu(
!x = tensor<1x2x4x3xf32, #hvn.axes<n, h, w, c>>
func.func @photo(%photo: tensor<9x8x3xui8, #hvn.axes<h, w, c>> {hvn.name = "photo"}) -> (!x {hvn.name = "y"}) {
  %0 = hvn.from_image %photo size [2, 4] resize [4] filter "bicubic" mean [0.0, 0.0, 0.0] std [1.0, 1.0, 1.0] order "rgb"
     : (tensor<9x8x3xui8, #hvn.axes<h, w, c>>) -> !x
  %1 = kern.call @relu(%0) : (!x) -> !x
  %2 = kern.call @relu(%1) : (!x) -> !x
  return %2 : !x
}
kern.func @relu(%x: !x) -> !x {
  %0 = hvn.relu %x : !x
  kern.return %0 : !x
}
