// RUN: fovea-opt %s --unify-sizes | FileCheck %s

#w = #hvn.axes<w, c>

// CHECK: #[[MAP:.*]] = affine_map<()[s0] -> (s0 * 16 + 16)>
// CHECK: func.func @net(
// CHECK-NOT: func.func
func.func @net(%x: tensor<64x4xf32, #w>) -> tensor<64x4xf32, #w>
    attributes {hvn.bounds = [{least = 16, most = 64, name = "width", step = 16}]} {
  %0 = kern.call @relu(%x) : (tensor<64x4xf32, #w>) -> tensor<64x4xf32, #w>
  %1 = kern.call @gelu(%0) : (tensor<64x4xf32, #w>) -> tensor<64x4xf32, #w>
  return %1 : tensor<64x4xf32, #w>
}
func.func @net_sample0(%x: tensor<48x4xf32, #w>) -> tensor<48x4xf32, #w> attributes {hvn.sample = array<i64: 2>} {
  %0 = kern.call @relu_0(%x) : (tensor<48x4xf32, #w>) -> tensor<48x4xf32, #w>
  %1 = kern.call @gelu_0(%0) : (tensor<48x4xf32, #w>) -> tensor<48x4xf32, #w>
  return %1 : tensor<48x4xf32, #w>
}
func.func @net_sample1(%x: tensor<32x4xf32, #w>) -> tensor<32x4xf32, #w> attributes {hvn.sample = array<i64: 1>} {
  %0 = kern.call @relu_1(%x) : (tensor<32x4xf32, #w>) -> tensor<32x4xf32, #w>
  %1 = kern.call @gelu_1(%0) : (tensor<32x4xf32, #w>) -> tensor<32x4xf32, #w>
  return %1 : tensor<32x4xf32, #w>
}

// The first reads the caller's memory, beyond whose end nothing may be read.
// CHECK: kern.func @relu(%{{.*}}: tensor<64x4xf32, {{.*}}> {kern.of_caller})
// CHECK-SAME: extents = [#kern.extent<"w" 64 #[[MAP]]>], steps = array<i64: 3>
kern.func @relu(%x: tensor<64x4xf32, #w>) -> tensor<64x4xf32, #w> {
  %0 = hvn.relu %x : tensor<64x4xf32, #w>
  kern.return %0 : tensor<64x4xf32, #w>
}
// CHECK: kern.func @gelu(%{{.*}}: tensor<64x4xf32, #{{[a-z]+}}>)
kern.func @gelu(%x: tensor<64x4xf32, #w>) -> tensor<64x4xf32, #w> {
  %0 = hvn.gelu %x : tensor<64x4xf32, #w>
  kern.return %0 : tensor<64x4xf32, #w>
}
// CHECK-NOT: kern.func
kern.func @relu_0(%x: tensor<48x4xf32, #w>) -> tensor<48x4xf32, #w> {
  %0 = hvn.relu %x : tensor<48x4xf32, #w>
  kern.return %0 : tensor<48x4xf32, #w>
}
kern.func @gelu_0(%x: tensor<48x4xf32, #w>) -> tensor<48x4xf32, #w> {
  %0 = hvn.gelu %x : tensor<48x4xf32, #w>
  kern.return %0 : tensor<48x4xf32, #w>
}
kern.func @relu_1(%x: tensor<32x4xf32, #w>) -> tensor<32x4xf32, #w> {
  %0 = hvn.relu %x : tensor<32x4xf32, #w>
  kern.return %0 : tensor<32x4xf32, #w>
}
kern.func @gelu_1(%x: tensor<32x4xf32, #w>) -> tensor<32x4xf32, #w> {
  %0 = hvn.gelu %x : tensor<32x4xf32, #w>
  kern.return %0 : tensor<32x4xf32, #w>
}
