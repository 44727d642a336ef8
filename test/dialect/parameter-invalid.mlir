// RUN: fovea-opt %s --verify-diagnostics --split-input-file

func.func @no_axes() {
  // expected-error @+1 {{'hvn.param' op result #0 must be static tensor of f32, bf16 or f16 on named axes, but got 'tensor<3xf32>'}}
  %0 = hvn.param "w" : tensor<3xf32>
  return
}

// -----

func.func @dynamic() {
  // expected-error @+1 {{must be static tensor of f32, bf16 or f16 on named axes}}
  %0 = hvn.param "w" : tensor<?xf32, #hvn.axes<c>>
  return
}

// -----

func.func @element_type() {
  // expected-error @+1 {{must be static tensor of f32, bf16 or f16 on named axes}}
  %0 = hvn.param "w" : tensor<3xi32, #hvn.axes<c>>
  return
}

// -----

func.func @constant() {
  // expected-error @+2 {{incompatible with return type(s) of operation}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.constant 1.0 : tensor<3xf32, #hvn.axes<c>>
  return
}

// -----

// expected-error @+1 {{a tensor of rank 2 cannot have the 1 axes #hvn.axes<c>}}
func.func @rank(%x: tensor<2x3xf32, #hvn.axes<c>>) {
  return
}

// -----

// expected-error @+1 {{axis 'c' stands twice}}
func.func @repeated(%x: tensor<2x3xf32, #hvn.axes<c, c>>) {
  return
}
