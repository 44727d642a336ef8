// RUN: fovea-opt %s --verify-diagnostics --split-input-file

!x = tensor<2x3xf32, #hvn.axes<n, c>>
// mean C1
func.func @mean(%x: !x) {
  // expected-error @+2 {{cannot reduce over the axis h of a tensor on #hvn.axes<n, c>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.mean %x over <h> : (!x) -> !x
  return
}

// -----

!x = tensor<2x3xf32, #hvn.axes<n, c>>
// sum C1
func.func @sum(%x: !x) {
  // expected-error @+2 {{cannot reduce over the axis w of a tensor on #hvn.axes<n, c>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.sum %x over <n, w> : (!x) -> !x
  return
}
