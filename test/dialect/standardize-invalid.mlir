// RUN: fovea-opt %s --verify-diagnostics --split-input-file

!x = tensor<2x3xf32, #hvn.axes<n, c>>
// layer_norm C1
func.func @layer_norm(%x: !x, %w: tensor<3xf32, #hvn.axes<c>>, %v: tensor<2xf32, #hvn.axes<c>>) {
  // expected-error @+2 {{there is no axis h in a tensor on #hvn.axes<n, c>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.layer_norm %x over <h> eps 0.0 : (!x) -> !x
  return
}

// -----

!x = tensor<2x3xf32, #hvn.axes<n, c>>
// layer_norm C1
func.func @layer_norm(%x: !x, %w: tensor<3xf32, #hvn.axes<c>>, %v: tensor<2xf32, #hvn.axes<c>>) {
  // expected-error @+2 {{over must name at least one axis}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.layer_norm %x over <> eps 0.0 : (!x) -> !x
  return
}

// -----

!x = tensor<2x3xf32, #hvn.axes<n, c>>
// layer_norm C2
func.func @layer_norm(%x: !x, %w: tensor<3xf32, #hvn.axes<c>>, %v: tensor<2xf32, #hvn.axes<c>>) {
  // expected-error @+2 {{eps must not be negative, found -1.000000e+00}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.layer_norm %x over <c> eps -1.0 : (!x) -> !x
  return
}

// -----

!x = tensor<2x3xf32, #hvn.axes<n, c>>
// layer_norm C3
func.func @layer_norm(%x: !x, %w: tensor<3xf32, #hvn.axes<c>>, %v: tensor<2xf32, #hvn.axes<c>>) {
  // expected-error @+2 {{expected parameters f32[c=3], found f32[c=2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.layer_norm %x, %v over <c> eps 0.0 : (!x, tensor<2xf32, #hvn.axes<c>>) -> !x
  return
}

// -----

!x = tensor<2x3xf32, #hvn.axes<n, c>>
// layer_norm C3
func.func @layer_norm(%x: !x, %w: tensor<3xf32, #hvn.axes<c>>, %v: tensor<2xf32, #hvn.axes<c>>) {
  // expected-error @+2 {{expected parameters f32[n=2], found f32[c=3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.layer_norm %x, %w over <n> eps 0.0 : (!x, tensor<3xf32, #hvn.axes<c>>) -> !x
  return
}

// -----

!x = tensor<2x3xf32, #hvn.axes<n, c>>
// rms_norm C1
func.func @rms_norm(%x: !x, %w: tensor<3xf32, #hvn.axes<c>>, %v: tensor<2xf32, #hvn.axes<c>>) {
  // expected-error @+2 {{there is no axis h in a tensor on #hvn.axes<n, c>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.rms_norm %x over <h> eps 0.0 : (!x) -> !x
  return
}

// -----

!x = tensor<2x3xf32, #hvn.axes<n, c>>
// rms_norm C1
func.func @rms_norm(%x: !x, %w: tensor<3xf32, #hvn.axes<c>>, %v: tensor<2xf32, #hvn.axes<c>>) {
  // expected-error @+2 {{over must name at least one axis}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.rms_norm %x over <> eps 0.0 : (!x) -> !x
  return
}

// -----

!x = tensor<2x3xf32, #hvn.axes<n, c>>
// rms_norm C2
func.func @rms_norm(%x: !x, %w: tensor<3xf32, #hvn.axes<c>>, %v: tensor<2xf32, #hvn.axes<c>>) {
  // expected-error @+2 {{eps must not be negative, found -1.000000e+00}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.rms_norm %x over <c> eps -1.0 : (!x) -> !x
  return
}

// -----

!x = tensor<2x3xf32, #hvn.axes<n, c>>
// rms_norm C3
func.func @rms_norm(%x: !x, %w: tensor<3xf32, #hvn.axes<c>>, %v: tensor<2xf32, #hvn.axes<c>>) {
  // expected-error @+2 {{expected parameters f32[c=3], found f32[c=2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.rms_norm %x, %v over <c> eps 0.0 : (!x, tensor<2xf32, #hvn.axes<c>>) -> !x
  return
}

// -----

!x = tensor<2x3xf32, #hvn.axes<n, c>>
// rms_norm C3
func.func @rms_norm(%x: !x, %w: tensor<3xf32, #hvn.axes<c>>, %v: tensor<2xf32, #hvn.axes<c>>) {
  // expected-error @+2 {{expected parameters f32[n=2], found f32[c=3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.rms_norm %x, %w over <n> eps 0.0 : (!x, tensor<3xf32, #hvn.axes<c>>) -> !x
  return
}

// -----

!x = tensor<2x3xf32, #hvn.axes<n, c>>
// layer_norm C3
func.func @layer_norm(%x: !x, %w: tensor<3xf32, #hvn.axes<c>>, %v: tensor<2xf32, #hvn.axes<c>>) {
  // expected-error @+2 {{expected at most 2 parameters, found 3}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.layer_norm %x, %w, %w, %w over <c> eps 0.0 : (!x, tensor<3xf32, #hvn.axes<c>>, tensor<3xf32, #hvn.axes<c>>, tensor<3xf32, #hvn.axes<c>>) -> !x
  return
}

// -----

!x = tensor<2x3xf32, #hvn.axes<n, c>>
// rms_norm C3
func.func @rms_norm(%x: !x, %w: tensor<3xf32, #hvn.axes<c>>, %v: tensor<2xf32, #hvn.axes<c>>) {
  // expected-error @+2 {{expected at most 1 parameters, found 2}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.rms_norm %x, %w, %w over <c> eps 0.0 : (!x, tensor<3xf32, #hvn.axes<c>>, tensor<3xf32, #hvn.axes<c>>) -> !x
  return
}

// -----

!x = tensor<2x3xf32, #hvn.axes<n, c>>
// standardize C1
func.func @standardize(%x: !x, %w: tensor<3xf32, #hvn.axes<c>>, %v: tensor<2xf32, #hvn.axes<c>>) {
  // expected-error @+1 {{there is no axis h in a tensor on #hvn.axes<n, c>}}
  %0 = hvn.standardize %x over <n, h> eps 0.0 : !x
  return
}

// -----

!x = tensor<2x3xf32, #hvn.axes<n, c>>
// standardize C1
func.func @standardize(%x: !x, %w: tensor<3xf32, #hvn.axes<c>>, %v: tensor<2xf32, #hvn.axes<c>>) {
  // expected-error @+1 {{over must name at least one axis}}
  %0 = hvn.standardize %x over <> eps 0.0 : !x
  return
}

// -----

!x = tensor<2x3xf32, #hvn.axes<n, c>>
// standardize C2
func.func @standardize(%x: !x, %w: tensor<3xf32, #hvn.axes<c>>, %v: tensor<2xf32, #hvn.axes<c>>) {
  // expected-error @+1 {{eps must not be negative, found nan}}
  %0 = hvn.standardize %x over <c> eps 0x7FF8000000000000 : !x
  return
}

// -----

!x = tensor<2x3xf32, #hvn.axes<n, c>>
// l2_normalize C1
func.func @l2_normalize(%x: !x, %w: tensor<3xf32, #hvn.axes<c>>, %v: tensor<2xf32, #hvn.axes<c>>) {
  // expected-error @+1 {{there is no axis h in a tensor on #hvn.axes<n, c>}}
  %0 = hvn.l2_normalize %x over <n, h> eps 0.0 : !x
  return
}

// -----

!x = tensor<2x3xf32, #hvn.axes<n, c>>
// l2_normalize C1
func.func @l2_normalize(%x: !x, %w: tensor<3xf32, #hvn.axes<c>>, %v: tensor<2xf32, #hvn.axes<c>>) {
  // expected-error @+1 {{over must name at least one axis}}
  %0 = hvn.l2_normalize %x over <> eps 0.0 : !x
  return
}

// -----

!x = tensor<2x3xf32, #hvn.axes<n, c>>
// l2_normalize C2
func.func @l2_normalize(%x: !x, %w: tensor<3xf32, #hvn.axes<c>>, %v: tensor<2xf32, #hvn.axes<c>>) {
  // expected-error @+1 {{eps must not be negative, found nan}}
  %0 = hvn.l2_normalize %x over <c> eps 0x7FF8000000000000 : !x
  return
}

// -----

!x = tensor<2x3xf32, #hvn.axes<n, c>>
// softmax C1
func.func @softmax(%x: !x, %w: tensor<3xf32, #hvn.axes<c>>, %v: tensor<2xf32, #hvn.axes<c>>) {
  // expected-error @+1 {{there is no axis h in a tensor on #hvn.axes<n, c>}}
  %0 = hvn.softmax %x over <n, h> : !x
  return
}

// -----

!x = tensor<2x3xf32, #hvn.axes<n, c>>
// softmax C1
func.func @softmax(%x: !x, %w: tensor<3xf32, #hvn.axes<c>>, %v: tensor<2xf32, #hvn.axes<c>>) {
  // expected-error @+1 {{over must name at least one axis}}
  %0 = hvn.softmax %x over <> : !x
  return
}

// -----

!x = tensor<2x3xf32, #hvn.axes<n, c>>
// amax C1
func.func @amax(%x: !x, %w: tensor<3xf32, #hvn.axes<c>>, %v: tensor<2xf32, #hvn.axes<c>>) {
  // expected-error @+2 {{cannot reduce over the axis w of a tensor on #hvn.axes<n, c>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.amax %x over <w> : (!x) -> !x
  return
}
