// RUN: fovea-opt %s --verify-diagnostics --split-input-file

func.func @gelu_tanh(%x: tensor<2xf32>) {
  // expected-error @+1 {{'hvn.gelu_tanh' op operand #0 must be static tensor of f32, bf16 or f16 on named axes, but got 'tensor<2xf32>'}}
  %0 = hvn.gelu_tanh %x : tensor<2xf32>
  return
}

// -----

func.func @quick_gelu(%x: tensor<2xf32>) {
  // expected-error @+1 {{'hvn.quick_gelu' op operand #0 must be static tensor of f32, bf16 or f16 on named axes, but got 'tensor<2xf32>'}}
  %0 = hvn.quick_gelu %x : tensor<2xf32>
  return
}

// -----

func.func @silu(%x: tensor<2xf32>) {
  // expected-error @+1 {{'hvn.silu' op operand #0 must be static tensor of f32, bf16 or f16 on named axes, but got 'tensor<2xf32>'}}
  %0 = hvn.silu %x : tensor<2xf32>
  return
}

// -----

func.func @mish(%x: tensor<2xf32>) {
  // expected-error @+1 {{'hvn.mish' op operand #0 must be static tensor of f32, bf16 or f16 on named axes, but got 'tensor<2xf32>'}}
  %0 = hvn.mish %x : tensor<2xf32>
  return
}

// -----

func.func @softplus(%x: tensor<2xf32>) {
  // expected-error @+1 {{'hvn.softplus' op operand #0 must be static tensor of f32, bf16 or f16 on named axes, but got 'tensor<2xf32>'}}
  %0 = hvn.softplus %x : tensor<2xf32>
  return
}

// -----

func.func @hard_sigmoid(%x: tensor<2xf32>) {
  // expected-error @+1 {{'hvn.hard_sigmoid' op operand #0 must be static tensor of f32, bf16 or f16 on named axes, but got 'tensor<2xf32>'}}
  %0 = hvn.hard_sigmoid %x : tensor<2xf32>
  return
}

// -----

func.func @hard_swish(%x: tensor<2xf32>) {
  // expected-error @+1 {{'hvn.hard_swish' op operand #0 must be static tensor of f32, bf16 or f16 on named axes, but got 'tensor<2xf32>'}}
  %0 = hvn.hard_swish %x : tensor<2xf32>
  return
}

// -----

func.func @relu6(%x: tensor<2xf32>) {
  // expected-error @+1 {{'hvn.relu6' op operand #0 must be static tensor of f32, bf16 or f16 on named axes, but got 'tensor<2xf32>'}}
  %0 = hvn.relu6 %x : tensor<2xf32>
  return
}

// -----

func.func @selu(%x: tensor<2xf32>) {
  // expected-error @+1 {{'hvn.selu' op operand #0 must be static tensor of f32, bf16 or f16 on named axes, but got 'tensor<2xf32>'}}
  %0 = hvn.selu %x : tensor<2xf32>
  return
}

// -----

func.func @tanh(%x: tensor<2xf32>) {
  // expected-error @+1 {{'hvn.tanh' op operand #0 must be static tensor of f32, bf16 or f16 on named axes, but got 'tensor<2xf32>'}}
  %0 = hvn.tanh %x : tensor<2xf32>
  return
}

// -----

func.func @erf(%x: tensor<2xf32>) {
  // expected-error @+1 {{'hvn.erf' op operand #0 must be static tensor of f32, bf16 or f16 on named axes, but got 'tensor<2xf32>'}}
  %0 = hvn.erf %x : tensor<2xf32>
  return
}

// -----

func.func @exp(%x: tensor<2xf32>) {
  // expected-error @+1 {{'hvn.exp' op operand #0 must be static tensor of f32, bf16 or f16 on named axes, but got 'tensor<2xf32>'}}
  %0 = hvn.exp %x : tensor<2xf32>
  return
}

// -----

func.func @log(%x: tensor<2xf32>) {
  // expected-error @+1 {{'hvn.log' op operand #0 must be static tensor of f32, bf16 or f16 on named axes, but got 'tensor<2xf32>'}}
  %0 = hvn.log %x : tensor<2xf32>
  return
}

// -----

func.func @sqrt(%x: tensor<2xf32>) {
  // expected-error @+1 {{'hvn.sqrt' op operand #0 must be static tensor of f32, bf16 or f16 on named axes, but got 'tensor<2xf32>'}}
  %0 = hvn.sqrt %x : tensor<2xf32>
  return
}

// -----

func.func @abs(%x: tensor<2xf32>) {
  // expected-error @+1 {{'hvn.abs' op operand #0 must be static tensor of f32, bf16 or f16 on named axes, but got 'tensor<2xf32>'}}
  %0 = hvn.abs %x : tensor<2xf32>
  return
}

// -----

// clamp C1
func.func @clamp(%x: tensor<2xf32, #hvn.axes<c>>) {
  // expected-error @+1 {{low must be at most high, found 2.000000e+00 and 1.000000e+00}}
  %0 = hvn.clamp %x low 2.0 high 1.0 : tensor<2xf32, #hvn.axes<c>>
  return
}

// -----

// clamp C1
func.func @clamp(%x: tensor<2xf32, #hvn.axes<c>>) {
  // expected-error @+1 {{low must be at most high, found nan and 1.000000e+00}}
  %0 = hvn.clamp %x low 0x7FF8000000000000 high 1.0 : tensor<2xf32, #hvn.axes<c>>
  return
}

// -----

// leaky_relu C1
func.func @leaky_relu(%x: tensor<2xf32, #hvn.axes<c>>) {
  // expected-error @+1 {{slope must be finite, found INF}}
  %0 = hvn.leaky_relu %x slope 0x7FF0000000000000 : tensor<2xf32, #hvn.axes<c>>
  return
}

// -----

// elu C1
func.func @elu(%x: tensor<2xf32, #hvn.axes<c>>) {
  // expected-error @+1 {{alpha must be finite, found nan}}
  %0 = hvn.elu %x alpha 0x7FF8000000000000 : tensor<2xf32, #hvn.axes<c>>
  return
}

// -----

// celu C1
func.func @celu(%x: tensor<2xf32, #hvn.axes<c>>) {
  // expected-error @+1 {{alpha must be positive, found 0.000000e+00}}
  %0 = hvn.celu %x alpha 0.0 : tensor<2xf32, #hvn.axes<c>>
  return
}

// -----

// celu C1
func.func @celu(%x: tensor<2xf32, #hvn.axes<c>>) {
  // expected-error @+1 {{alpha must be finite, found INF}}
  %0 = hvn.celu %x alpha 0x7FF0000000000000 : tensor<2xf32, #hvn.axes<c>>
  return
}

// -----

// prelu C1
func.func @prelu(%x: tensor<5x2xf32, #hvn.axes<n, c>>, %w: tensor<3xf32, #hvn.axes<c>>) {
  // expected-error @+1 {{expected a weight of 1 or 2 values on the axis c, found f32[c=3]}}
  %0 = hvn.prelu %x, %w : tensor<5x2xf32, #hvn.axes<n, c>>, tensor<3xf32, #hvn.axes<c>>
  return
}

// -----

// prelu C1
func.func @prelu(%x: tensor<5x2xf32, #hvn.axes<n, c>>, %w: tensor<2xf32, #hvn.axes<n>>) {
  // expected-error @+1 {{expected a weight of 1 or 2 values on the axis c, found f32[n=2]}}
  %0 = hvn.prelu %x, %w : tensor<5x2xf32, #hvn.axes<n, c>>, tensor<2xf32, #hvn.axes<n>>
  return
}

// -----

func.func @div(%x: tensor<2xf32, #hvn.axes<n>>, %y: tensor<3xf32, #hvn.axes<c>>) {
  // expected-error @+2 {{cannot divide f32[n=2] and f32[c=3]: one operand must have all axes of the other}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.div %x, %y : (tensor<2xf32, #hvn.axes<n>>, tensor<3xf32, #hvn.axes<c>>) -> tensor<2x3xf32, #hvn.axes<n, c>>
  return
}

// -----

func.func @maximum(%x: tensor<2xf32, #hvn.axes<n>>, %y: tensor<3xf32, #hvn.axes<c>>) {
  // expected-error @+2 {{cannot compare f32[n=2] and f32[c=3]: one operand must have all axes of the other}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.maximum %x, %y : (tensor<2xf32, #hvn.axes<n>>, tensor<3xf32, #hvn.axes<c>>) -> tensor<2x3xf32, #hvn.axes<n, c>>
  return
}

// -----

func.func @minimum(%x: tensor<2xf32, #hvn.axes<n>>, %y: tensor<3xf32, #hvn.axes<c>>) {
  // expected-error @+2 {{cannot compare f32[n=2] and f32[c=3]: one operand must have all axes of the other}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.minimum %x, %y : (tensor<2xf32, #hvn.axes<n>>, tensor<3xf32, #hvn.axes<c>>) -> tensor<2x3xf32, #hvn.axes<n, c>>
  return
}
