// RUN: fovea-opt %s --verify-diagnostics --split-input-file

#nct = #hvn.axes<n, c, t>
!q = tensor<2x6x7xf32, #nct>
!k = tensor<2x6x5xf32, #nct>
!v = tensor<2x6x5xf32, #nct>
// attention C1
func.func @no_tokens(%q: tensor<2x6xf32, #hvn.axes<n, c>>, %k: !k, %v: !v) {
  // expected-error @+2 {{attention needs queries with the axis c and tokens on #hvn.axes<t>; found #hvn.axes<n, c>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.attention %q, %k, %v heads 2 scale 1.0 queries <t> keys <t> : (tensor<2x6xf32, #hvn.axes<n, c>>, !k, !v) -> !q
  return
}

// -----

#nct = #hvn.axes<n, c, t>
!q = tensor<2x6x7xf32, #nct>
!k = tensor<2x6x5xf32, #nct>
!v = tensor<2x6x5xf32, #nct>
// attention C2
func.func @no_batch(%q: !q, %k: tensor<6x5xf32, #hvn.axes<c, t>>, %v: !v) {
  // expected-error @+2 {{expected keys with the batch axes of the queries, which are f32[n=2, c=6, t=7] with tokens on #hvn.axes<t>; found f32[c=6, t=5]}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.attention %q, %k, %v heads 2 scale 1.0 queries <t> keys <t> : (!q, tensor<6x5xf32, #hvn.axes<c, t>>, !v) -> !q
  return
}

// -----

#nct = #hvn.axes<n, c, t>
!q = tensor<2x6x7xf32, #nct>
!k = tensor<2x6x5xf32, #nct>
!v = tensor<2x6x5xf32, #nct>
// attention C2
func.func @images(%q: !q, %k: tensor<3x6x5xf32, #nct>, %v: !v) {
  // expected-error @+2 {{expected keys with the batch axes of the queries, which are f32[n=2, c=6, t=7] with tokens on #hvn.axes<t>; found f32[n=3, c=6, t=5]}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.attention %q, %k, %v heads 2 scale 1.0 queries <t> keys <t> : (!q, tensor<3x6x5xf32, #nct>, !v) -> !q
  return
}

// -----

#nct = #hvn.axes<n, c, t>
!q = tensor<2x6x7xf32, #nct>
!k = tensor<2x6x5xf32, #nct>
!v = tensor<2x6x5xf32, #nct>
// attention C3
func.func @tokens(%q: !q, %k: !k, %v: tensor<2x6x4xf32, #nct>) {
  // expected-error @+2 {{keys and values must have the same tokens, found f32[n=2, c=6, t=5] and f32[n=2, c=6, t=4]}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.attention %q, %k, %v heads 2 scale 1.0 queries <t> keys <t> : (!q, !k, tensor<2x6x4xf32, #nct>) -> !q
  return
}

// -----

#nct = #hvn.axes<n, c, t>
!q = tensor<2x6x7xf32, #nct>
!k = tensor<2x6x5xf32, #nct>
!v = tensor<2x6x5xf32, #nct>
// attention C3
func.func @channels(%q: !q, %k: tensor<2x8x5xf32, #nct>, %v: !v) {
  // expected-error @+2 {{queries and keys must have the same channels, found 6 and 8}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.attention %q, %k, %v heads 2 scale 1.0 queries <t> keys <t> : (!q, tensor<2x8x5xf32, #nct>, !v) -> !q
  return
}

// -----

#nct = #hvn.axes<n, c, t>
!q = tensor<2x6x7xf32, #nct>
!k = tensor<2x6x5xf32, #nct>
!v = tensor<2x6x5xf32, #nct>
// attention C4
func.func @heads(%q: !q, %k: !k, %v: !v) {
  // expected-error @+2 {{heads must divide 6 channels of queries and 6 of values, found 4}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.attention %q, %k, %v heads 4 scale 1.0 queries <t> keys <t> : (!q, !k, !v) -> !q
  return
}

// -----

#nct = #hvn.axes<n, c, t>
!q = tensor<2x6x7xf32, #nct>
!k = tensor<2x6x5xf32, #nct>
!v = tensor<2x6x5xf32, #nct>
// attention C4
func.func @no_heads(%q: !q, %k: !k, %v: !v) {
  // expected-error @+2 {{heads must divide 6 channels of queries and 6 of values, found 0}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.attention %q, %k, %v heads 0 scale 1.0 queries <t> keys <t> : (!q, !k, !v) -> !q
  return
}
