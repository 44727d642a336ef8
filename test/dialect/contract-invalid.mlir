// RUN: fovea-opt %s --verify-diagnostics --split-input-file

!l = tensor<2x7x5xf32, #hvn.axes<n, q, d>>
!r = tensor<2x4x5xf32, #hvn.axes<n, k, d>>
// contract C1
func.func @no_axis(%l: !l, %r: !r) {
  // expected-error @+2 {{expected at least one axis to sum over}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.contract %l, %r over <> : (!l, !r) -> tensor<2x7x5x4xf32, #hvn.axes<n, q, d, k>>
  return
}

// -----

!l = tensor<2x7x5xf32, #hvn.axes<n, q, d>>
!r = tensor<2x4x5xf32, #hvn.axes<n, k, d>>
// contract C1
func.func @other_axis(%l: !l, %r: !r) {
  // expected-error @+2 {{cannot sum over the axis q, which f32[n=2, k=4, d=5] lacks}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.contract %l, %r over <q> : (!l, !r) -> !l
  return
}

// -----

!l = tensor<2x7x5xf32, #hvn.axes<n, q, d>>
!r = tensor<3x4x5xf32, #hvn.axes<n, k, d>>
// contract C2
func.func @sizes(%l: !l, %r: !r) {
  // expected-error @+2 {{both operands have the axis n, which must have one size, found 2 and 3}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.contract %l, %r over <d> : (!l, !r) -> !l
  return
}
