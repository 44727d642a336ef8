// RUN: fovea-opt %s --verify-diagnostics --split-input-file

!c = tensor<3xf32, #hvn.axes<c>>
// batch_norm C1
func.func @axis(%x: tensor<3xf32, #hvn.axes<n>>, %c: !c) {
  // expected-error @+1 {{batch_norm needs an input with an axis c; found #hvn.axes<n>}}
  %0 = hvn.batch_norm %x, %c, %c, %c, %c eps 0.0 : tensor<3xf32, #hvn.axes<n>>, !c
  return
}

// -----

!c = tensor<4xf32, #hvn.axes<c>>
// batch_norm C2
func.func @parameters(%x: tensor<2x3xf32, #hvn.axes<n, c>>, %c: !c) {
  // expected-error @+1 {{expected parameters of 3 values on the axis c, found f32[c=4]}}
  %0 = hvn.batch_norm %x, %c, %c, %c, %c eps 0.0 : tensor<2x3xf32, #hvn.axes<n, c>>, !c
  return
}

// -----

!c = tensor<3xf32, #hvn.axes<c>>
// batch_norm C3
func.func @eps(%x: tensor<2x3xf32, #hvn.axes<n, c>>, %c: !c) {
  // expected-error @+1 {{eps must not be negative, found -5.000000e-01}}
  %0 = hvn.batch_norm %x, %c, %c, %c, %c eps -0.5 : tensor<2x3xf32, #hvn.axes<n, c>>, !c
  return
}
