// RUN: fovea-opt %s --mlir-print-local-scope | fovea-opt --mlir-print-local-scope | FileCheck %s

!x = tensor<8x16xf32, #hvn.axes<m, c>>

// CHECK-LABEL: func.func @net
func.func @net(%x: !x) -> !x {
  // CHECK: kern.weight 1 : tensor<2x16xf32, #hvn.axes<p, l>>
  %w = kern.weight 1 : tensor<2x16xf32, #hvn.axes<p, l>>
  // CHECK: kern.call @relu(%{{.*}}) : (tensor<8x16xf32, #hvn.axes<m, c>>) -> tensor<8x16xf32, #hvn.axes<m, c>>
  %0 = kern.call @relu(%x) : (!x) -> !x
  return %0 : !x
}

// CHECK-LABEL: kern.func @relu(%{{.*}}: tensor<8x16xf32, #hvn.axes<m, c>>) -> tensor<8x16xf32, #hvn.axes<m, c>>
// CHECK-SAME: attributes {schedule = #kern.schedule<"pointwise" {across = 0, parallel = 1, tile_m = 4, vector = 16}>}
kern.func @relu(%x: !x) -> !x attributes {schedule = #kern.schedule<"pointwise" {vector = 16, across = 0, tile_m = 4, parallel = 1}>} {
  %0 = hvn.relu %x : !x
  // CHECK: kern.return %{{.*}} : tensor<8x16xf32, #hvn.axes<m, c>>
  kern.return %0 : !x
}

// CHECK-LABEL: func.func @packing
func.func @packing(%m: tensor<20x6xf32, #hvn.axes<o, i>>, %w: tensor<20x6x3x3xf32, #hvn.axes<o, i, y, x>>, %b: tensor<20xf32, #hvn.axes<c>>,
                   %h: tensor<20x5x3x3xbf16, #hvn.axes<o, i, y, x>>) {
  // CHECK: kern.pack %{{.*}} panel 16 : tensor<20x6xf32, #hvn.axes<o, i>> to tensor<2x6x16xf32, #hvn.axes<p, i, l>>
  %0 = kern.pack %m panel 16 : tensor<20x6xf32, #hvn.axes<o, i>> to tensor<2x6x16xf32, #hvn.axes<p, i, l>>
  // CHECK: kern.pack %{{.*}} panel 8 : tensor<20x6x3x3xf32, #hvn.axes<o, i, y, x>> to tensor<3x3x3x6x8xf32, #hvn.axes<p, y, x, i, l>>
  %1 = kern.pack %w panel 8 : tensor<20x6x3x3xf32, #hvn.axes<o, i, y, x>> to tensor<3x3x3x6x8xf32, #hvn.axes<p, y, x, i, l>>
  // CHECK: kern.pack %{{.*}} panel 16 : tensor<20xf32, #hvn.axes<c>> to tensor<2x16xf32, #hvn.axes<p, l>>
  %2 = kern.pack %b panel 16 : tensor<20xf32, #hvn.axes<c>> to tensor<2x16xf32, #hvn.axes<p, l>>
  // CHECK: kern.pack %{{.*}} panel 16 : tensor<20x5x3x3xbf16, #hvn.axes<o, i, y, x>> to tensor<2x3x3x3x16x2xbf16, #hvn.axes<p, y, x, i, l, b>>
  %4 = kern.pack %h panel 16 : tensor<20x5x3x3xbf16, #hvn.axes<o, i, y, x>> to tensor<2x3x3x3x16x2xbf16, #hvn.axes<p, y, x, i, l, b>>
  // CHECK: kern.unpack %{{.*}} panel 16 : tensor<2x6x16xf32, #hvn.axes<p, i, l>> to tensor<20x6xf32, #hvn.axes<o, i>>
  %3 = kern.unpack %0 panel 16 : tensor<2x6x16xf32, #hvn.axes<p, i, l>> to tensor<20x6xf32, #hvn.axes<o, i>>
  return
}

// CHECK-LABEL: kern.program @program arena 1024 weights 64 inputs [{name = "x", type = tensor<8x16xf32, #hvn.axes<m, c>>}]
// CHECK-SAME: outputs [{name = "y", type = tensor<8x16xf32, #hvn.axes<m, c>>}]
kern.program @program arena 1024 weights 64 inputs [{name = "x", type = !x}] outputs [{name = "y", type = !x}] {
  // CHECK-NEXT: kern.buffer input 0 : memref<8x16xf32>
  %0 = kern.buffer input 0 : memref<8x16xf32>
  // CHECK-NEXT: kern.buffer arena 512 : memref<8x16xf32>
  %1 = kern.buffer arena 512 : memref<8x16xf32>
  // CHECK-NEXT: kern.buffer output 0 : memref<8x16xf32>
  %2 = kern.buffer output 0 : memref<8x16xf32>
  // CHECK-NEXT: kern.buffer weights 0 : memref<16xf32>
  %3 = kern.buffer weights 0 : memref<16xf32>
  // CHECK-NEXT: kern.launch @relu(%{{.*}}) to (%{{.*}}) : (memref<8x16xf32>) to (memref<8x16xf32>)
  kern.launch @relu(%0) to (%1) : (memref<8x16xf32>) to (memref<8x16xf32>)
  kern.launch @relu(%1) to (%2) : (memref<8x16xf32>) to (memref<8x16xf32>)
}
