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

// -----

!w = tensor<2x3x7x6xf32, #hvn.axes<n, a, t, c>>
!b = tensor<7x7xf32, #hvn.axes<t, k>>
// attention C5
func.func @bias_axes(%w: !w, %b: !b) {
  // expected-error @+2 {{expected a bias on some of n=2, a=3, head=2, q=7, k=7, or of size 1 there; found f32[t=7, k=7]}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.attention %w, %w, %w bias %b heads 2 scale 1.0 queries <t> keys <t> : (!w, !w, !w, !b) -> !w
  return
}

// -----

!w = tensor<2x3x7x6xf32, #hvn.axes<n, a, t, c>>
!b = tensor<3x7x7xf32, #hvn.axes<head, q, k>>
// attention C5
func.func @bias_size(%w: !w, %b: !b) {
  // expected-error @+2 {{expected a bias on some of n=2, a=3, head=2, q=7, k=7, or of size 1 there; found f32[head=3, q=7, k=7]}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.attention %w, %w, %w bias %b heads 2 scale 1.0 queries <t> keys <t> : (!w, !w, !w, !b) -> !w
  return
}

// -----

!w = tensor<2x3x7x6xf32, #hvn.axes<n, head, t, c>>
!b = tensor<7xf32, #hvn.axes<k>>
// attention C5
func.func @bias_name(%w: !w, %b: !b) {
  // expected-error @+2 {{with a bias no batch axis may be called 'head': head, q and k are heads, queries and keys there}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.attention %w, %w, %w bias %b heads 2 scale 1.0 queries <t> keys <t> : (!w, !w, !w, !b) -> !w
  return
}

// -----

!w = tensor<2x3x7x6xf32, #hvn.axes<n, a, t, c>>
!b = tensor<7x6xf32, #hvn.axes<t, c>>
// attention C6
func.func @region_axes(%w: !w, %b: !b) {
  // expected-error @+2 {{expected regions on some of n=2, a=3, t=7, or of size 1 there; found f32[t=7, c=6]}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.attention %w, %w, %w regions %b heads 2 scale 1.0 queries <t> keys <t> : (!w, !w, !w, !b) -> !w
  return
}

// -----

!w = tensor<2x3x7x6xf32, #hvn.axes<n, a, t, c>>
!b = tensor<5xf32, #hvn.axes<t>>
// attention C6
func.func @region_size(%w: !w, %b: !b) {
  // expected-error @+2 {{expected regions on some of n=2, a=3, t=7, or of size 1 there; found f32[t=5]}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.attention %w, %w, %w regions %b heads 2 scale 1.0 queries <t> keys <t> : (!w, !w, !w, !b) -> !w
  return
}

// -----

!w = tensor<2x3x7x6xf32, #hvn.axes<n, a, t, c>>
!k = tensor<2x3x5x6xf32, #hvn.axes<n, a, t, c>>
!r = tensor<7xf32, #hvn.axes<t>>
// attention C6
func.func @region_tokens(%w: !w, %k: !k, %r: !r) {
  // expected-error @+2 {{with regions queries and keys must have the same tokens, found t=7 and t=5}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.attention %w, %k, %k regions %r heads 2 scale 1.0 queries <t> keys <t> : (!w, !k, !k, !r) -> !w
  return
}

// -----

!w = tensor<2x3x7x6xf32, #hvn.axes<n, a, t, c>>
!b = tensor<7x7xf32, #hvn.axes<t, k>>
// attention C7
func.func @scores(%w: !w, %b: !b) {
  // expected-error @+2 {{expected the scores "softmax" or "relu", found "sigmoid"}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.attention %w, %w, %w heads 2 scale 1.0 scores "sigmoid" queries <t> keys <t> : (!w, !w, !w) -> !w
  return
}

// -----

!w = tensor<2x3x7x6xf32, #hvn.axes<n, a, t, c>>
!b = tensor<7xf32, #hvn.axes<k>>
// linear_attention C1
func.func @linear_tokens(%w: !w, %b: !b) {
  // expected-error @+2 {{linear_attention needs queries with tokens beside c and the batch; found f32[n=2, a=3, t=7, c=6]}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.linear_attention %w, %w, %w heads 2 normalize true eps 1.0 queries <> keys <t> : (!w, !w, !w) -> !w
  return
}

// -----

!w = tensor<2x3x7x6xf32, #hvn.axes<n, a, t, c>>
!b = tensor<2x7x6xf32, #hvn.axes<n, t, c>>
// linear_attention C2
func.func @linear_batch(%w: !w, %b: !b) {
  // expected-error @+2 {{expected keys with the batch axes of the queries, which are f32[n=2, a=3, t=7, c=6] with tokens on #hvn.axes<t>; found f32[n=2, t=7, c=6]}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.linear_attention %w, %b, %b heads 2 normalize true eps 1.0 queries <t> keys <t> : (!w, !b, !b) -> !w
  return
}

// -----

!w = tensor<2x3x7x6xf32, #hvn.axes<n, a, t, c>>
!b = tensor<2x3x5x6xf32, #hvn.axes<n, a, t, c>>
// linear_attention C3
func.func @linear_keys(%w: !w, %b: !b) {
  // expected-error @+2 {{keys and values must have the same tokens, found f32[n=2, a=3, t=7, c=6] and f32[n=2, a=3, t=5, c=6]}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.linear_attention %w, %w, %b heads 2 normalize true eps 1.0 queries <t> keys <t> : (!w, !w, !b) -> !w
  return
}

// -----

!w = tensor<2x3x7x6xf32, #hvn.axes<n, a, t, c>>
!b = tensor<7xf32, #hvn.axes<k>>
// linear_attention C4
func.func @linear_heads(%w: !w, %b: !b) {
  // expected-error @+2 {{heads must divide 6 channels of queries and 6 of values, found 4}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.linear_attention %w, %w, %w heads 4 normalize true eps 1.0 queries <t> keys <t> : (!w, !w, !w) -> !w
  return
}
