// RUN: fovea-opt %s --verify-diagnostics --split-input-file

func.func @sizes(%x: tensor<2x4xf32, #hvn.axes<n, c>>, %y: tensor<3xf32, #hvn.axes<c>>) {
  // expected-error @+2 {{cannot add f32[n=2, c=4] and f32[c=3]: one operand must have all axes of the other, and sizes must agree or be 1}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.add %x, %y : (tensor<2x4xf32, #hvn.axes<n, c>>, tensor<3xf32, #hvn.axes<c>>) -> tensor<2x4xf32, #hvn.axes<n, c>>
  return
}

// -----

func.func @axes(%x: tensor<2xf32, #hvn.axes<n>>, %y: tensor<3xf32, #hvn.axes<c>>) {
  // expected-error @+2 {{cannot multiply}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.mul %x, %y : (tensor<2xf32, #hvn.axes<n>>, tensor<3xf32, #hvn.axes<c>>) -> tensor<2x3xf32, #hvn.axes<n, c>>
  return
}

// -----

func.func @result(%x: tensor<2x4xf32, #hvn.axes<n, c>>) {
  // expected-error @+2 {{incompatible with return type(s) of operation}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.sub %x, %x : (tensor<2x4xf32, #hvn.axes<n, c>>, tensor<2x4xf32, #hvn.axes<n, c>>) -> tensor<4xf32, #hvn.axes<c>>
  return
}

// -----

func.func @relu(%x: tensor<2xf32>) {
  // expected-error @+1 {{'hvn.relu' op operand #0 must be static tensor of f32, bf16 or f16 on named axes, but got 'tensor<2xf32>'}}
  %0 = hvn.relu %x : tensor<2xf32>
  return
}

// -----

func.func @gelu(%x: tensor<2xf64, #hvn.axes<c>>) {
  // expected-error @+1 {{'hvn.gelu' op operand #0 must be static tensor of f32, bf16 or f16 on named axes}}
  %0 = hvn.gelu %x : tensor<2xf64, #hvn.axes<c>>
  return
}

// -----

func.func @sigmoid(%x: tensor<?xf32, #hvn.axes<c>>) {
  // expected-error @+1 {{'hvn.sigmoid' op operand #0 must be static tensor of f32, bf16 or f16 on named axes}}
  %0 = hvn.sigmoid %x : tensor<?xf32, #hvn.axes<c>>
  return
}

// -----

func.func @rsqrt(%x: tensor<*xf32>) {
  // expected-error @+1 {{invalid kind of type specified}}
  %0 = hvn.rsqrt %x : tensor<*xf32>
  return
}
