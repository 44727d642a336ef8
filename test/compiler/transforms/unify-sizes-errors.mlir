// RUN: fovea-opt %s --unify-sizes -verify-diagnostics -split-input-file

#w = #hvn.axes<w, c>

func.func @net(%x: tensor<32x4xf32, #w>) -> tensor<32x4xf32, #w>
    attributes {hvn.bounds = [{least = 16, most = 32, name = "width", step = 16}]} {
  %0 = kern.call @shift(%x) : (tensor<32x4xf32, #w>) -> tensor<32x4xf32, #w>
  return %0 : tensor<32x4xf32, #w>
}
func.func @net_sample0(%x: tensor<16x4xf32, #w>) -> tensor<16x4xf32, #w> attributes {hvn.sample = array<i64: 0>} {
  %0 = kern.call @shift_0(%x) : (tensor<16x4xf32, #w>) -> tensor<16x4xf32, #w>
  return %0 : tensor<16x4xf32, #w>
}
kern.func @shift(%x: tensor<32x4xf32, #w>) -> tensor<32x4xf32, #w> {
  %0 = hvn.clamp %x low 0.0 high 2.0 : tensor<32x4xf32, #w>
  kern.return %0 : tensor<32x4xf32, #w>
}
kern.func @shift_0(%x: tensor<16x4xf32, #w>) -> tensor<16x4xf32, #w> {
  // expected-error@+1 {{depends on the bounded sizes}}
  %0 = hvn.clamp %x low 0.0 high 1.0 : tensor<16x4xf32, #w>
  kern.return %0 : tensor<16x4xf32, #w>
}

// -----

#w = #hvn.axes<w, c>

func.func @net(%x: tensor<32x4xf32, #w>) -> tensor<32x4xf32, #w>
    attributes {hvn.bounds = [{least = 16, most = 32, name = "width", step = 16}]} {
  %0 = kern.call @relu(%x) : (tensor<32x4xf32, #w>) -> tensor<32x4xf32, #w>
  return %0 : tensor<32x4xf32, #w>
}
func.func @net_sample0(%x: tensor<16x4xf32, #w>) -> tensor<16x4xf32, #w> attributes {hvn.sample = array<i64: 0>} {
  %0 = kern.call @gelu(%x) : (tensor<16x4xf32, #w>) -> tensor<16x4xf32, #w>
  return %0 : tensor<16x4xf32, #w>
}
kern.func @relu(%x: tensor<32x4xf32, #w>) -> tensor<32x4xf32, #w> {
  %0 = hvn.relu %x : tensor<32x4xf32, #w>
  kern.return %0 : tensor<32x4xf32, #w>
}
kern.func @gelu(%x: tensor<16x4xf32, #w>) -> tensor<16x4xf32, #w> {
  // expected-error@+1 {{at other sizes the network has other kernels here}}
  %0 = hvn.gelu %x : tensor<16x4xf32, #w>
  kern.return %0 : tensor<16x4xf32, #w>
}
