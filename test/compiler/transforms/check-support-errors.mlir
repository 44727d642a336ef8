// RUN: fovea-opt %s --check-support --verify-diagnostics --split-input-file

#nchw = #hvn.axes<n, c, h, w>
#oiyx = #hvn.axes<o, i, y, x>
!x = tensor<1x8x4x4xf32, #nchw>

func.func @computed_weight(%x: !x, %w: tensor<8x8x1x1xf32, #oiyx>) -> !x {
  // expected-error @+1 {{no kernel for weights that are computed from the network's inputs}}
  %0 = hvn.conv %x, %w : (!x, tensor<8x8x1x1xf32, #oiyx>) -> !x
  return %0 : !x
}

func.func @input_is_output(%x: !x {hvn.name = "image"}) -> (!x {hvn.name = "same"}) {
  // expected-error @+1 {{output 'same' is the input 'image' itself: an output must be computed by a layer}}
  return %x : !x
}

func.func @reshaped_input(%x: !x) -> tensor<128xf32, #hvn.axes<c>> {
  %0 = hvn.reshape %x : !x to tensor<128xf32, #hvn.axes<c>>
  // expected-error @+1 {{output 'output0' is the input 'input0' itself}}
  return %0 : tensor<128xf32, #hvn.axes<c>>
}

func.func @constant_output(%x: !x) -> (tensor<8xf32, #hvn.axes<c>> {hvn.name = "y"}) {
  %0 = hvn.param "w" : tensor<8xf32, #hvn.axes<c>>
  // expected-error @+1 {{output 'y' depends on no input}}
  return %0 : tensor<8xf32, #hvn.axes<c>>
}

func.func @twice(%x: !x) -> (!x {hvn.name = "y"}, !x {hvn.name = "z"}) {
  %0 = hvn.relu %x : !x
  // expected-error @+1 {{outputs 'y' and 'z' are the same value: leave one of them out}}
  return %0, %0 : !x, !x
}

// -----

// expected-error @+1 {{a network cannot be called 'weights': the compiler keeps the arithmetic on weights under this name}}
func.func @weights(%x: tensor<8xf32, #hvn.axes<c>>) -> tensor<8xf32, #hvn.axes<c>> {
  %0 = hvn.relu %x : tensor<8xf32, #hvn.axes<c>>
  return %0 : tensor<8xf32, #hvn.axes<c>>
}

// -----

// expected-error @+1 {{inputs and outputs of a network are static f32 tensors on named axes, found 'i32'}}
func.func @scalar_input(%x: i32) {
  return
}

func.func private @external(tensor<8xf32, #hvn.axes<c>>) -> tensor<8xf32, #hvn.axes<c>>
func.func @no_layer(%x: tensor<8xf32, #hvn.axes<c>>) -> tensor<8xf32, #hvn.axes<c>> {
  // expected-error @+1 {{'func.call' is no layer}}
  %0 = func.call @external(%x) : (tensor<8xf32, #hvn.axes<c>>) -> tensor<8xf32, #hvn.axes<c>>
  return %0 : tensor<8xf32, #hvn.axes<c>>
}

// expected-error @+1 {{a network is one block of layers, without branches}}
func.func @blocks(%x: tensor<8xf32, #hvn.axes<c>>) -> tensor<8xf32, #hvn.axes<c>> {
  return %x : tensor<8xf32, #hvn.axes<c>>
^other:
  return %x : tensor<8xf32, #hvn.axes<c>>
}

// -----

// Kernels store bf16, networks do not yet.
// expected-error @+1 {{inputs and outputs of a network are static f32 tensors on named axes, found 'tensor<2xbf16}}
func.func @half(%x: tensor<2xbf16, #hvn.axes<c>>) -> tensor<2xbf16, #hvn.axes<c>> {
  %0 = hvn.relu %x : tensor<2xbf16, #hvn.axes<c>>
  return %0 : tensor<2xbf16, #hvn.axes<c>>
}

// -----

func.func @large(%x: tensor<100000x10000xf32, #hvn.axes<m, c>>) -> tensor<100000x10000xf32, #hvn.axes<m, c>> {
  // expected-error @+1 {{a tensor of 4000000000 bytes, f32[m=100000, c=10000]: at most 2147483647 bytes are supported}}
  %0 = hvn.relu %x : tensor<100000x10000xf32, #hvn.axes<m, c>>
  return %0 : tensor<100000x10000xf32, #hvn.axes<m, c>>
}
