// RUN: fovea-opt %s --convert-program-to-llvm --split-input-file --verify-diagnostics

#c = #hvn.axes<c>
// expected-error@+1 {{expected inputs and outputs with a name and an f32 tensor on named axes as type}}
kern.program @net arena 0 weights 0 inputs [{name = "x"}] outputs [] {
}

// -----

#c = #hvn.axes<c>
// expected-error@+1 {{the name "a b" is no identifier of C}}
kern.program @net arena 0 weights 0 inputs [{name = "a b", type = tensor<2xf32, #c>}] outputs [] {
}

// -----

#c = #hvn.axes<c>
// expected-error@+1 {{has two inputs or outputs called "x"}}
kern.program @net arena 0 weights 0 inputs [{name = "x", type = tensor<2xf32, #c>}]
    outputs [{name = "x", type = tensor<2xf32, #c>}] {
}

// -----

// expected-error@+1 {{has arena of -1 bytes}}
kern.program @net arena -1 weights 0 inputs [] outputs [] {
}

// -----

kern.program @net arena 128 weights 0 inputs [] outputs [] {
  // expected-error@+1 {{does not lie within the 128 bytes that there are}}
  %0 = kern.buffer arena 64 : memref<17xf32>
}

// -----

kern.program @net arena 0 weights 128 inputs [] outputs [] {
  // expected-error@+1 {{is not at a multiple of 64 bytes}}
  %0 = kern.buffer weights 32 : memref<2xf32>
}

// -----

kern.program @net arena 128 weights 0 inputs [] outputs [] {
  // expected-error@+1 {{does not lie within the 128 bytes that there are}}
  %0 = kern.buffer arena -64 : memref<2xf32>
}

// -----

#c = #hvn.axes<c>
kern.program @net arena 0 weights 0 inputs [{name = "x", type = tensor<2xf32, #c>}] outputs [] {
  // expected-error@+1 {{is number 1 of 1}}
  %0 = kern.buffer input 1 : memref<2xf32>
}

// -----

#c = #hvn.axes<c>
kern.program @net arena 0 weights 0 inputs [{name = "x", type = tensor<2xf32, #c>}] outputs [] {
  // expected-error@+1 {{has not the size of its tensor}}
  %0 = kern.buffer input 0 : memref<3xf32>
}

// -----

kern.program @net arena 128 weights 0 inputs [] outputs [] {
  // expected-error@+1 {{expected dense f32, bf16 or f16, found 'memref<2xf64>'}}
  %0 = kern.buffer arena 0 : memref<2xf64>
}

// -----

kern.program @net arena 128 weights 0 inputs [] outputs [] {
  // expected-error@+1 {{cannot stand in a kern.program; expected kern.buffer, kern.image or kern.launch}}
  %0 = hvn.constant 1.0 : tensor<f32, #hvn.axes<>>
}

// -----

kern.program @net arena 0 weights 0 inputs [{name = "x", type = tensor<2x2x3xui8, #hvn.axes<h, w, c>>}] outputs [] {
  // expected-error@+1 {{is an image, which only kern.image reads}}
  %0 = kern.buffer input 0 : memref<12xf32>
}

// -----

// expected-error@+1 {{expected inputs and outputs with a name and an f32 tensor on named axes as type}}
kern.program @net arena 0 weights 0 inputs []
    outputs [{name = "x", type = tensor<2x2x3xui8, #hvn.axes<h, w, c>>}] {
}

// -----

kern.program @net arena 8192 weights 0 inputs [{name = "x", type = tensor<2xf32, #hvn.axes<c>>}] outputs [] {
  %0 = kern.buffer arena 0 : memref<1x2x2x3xf32>
  // expected-error@+1 {{reads input 0, which is no image}}
  kern.image 0 to %0 scratch %0 size [2, 2] resize [] filter "bilinear" mean [0.0, 0.0, 0.0] std [1.0, 1.0, 1.0]
     order "rgb" : memref<1x2x2x3xf32>, memref<1x2x2x3xf32>
}

// -----

kern.program @net arena 8192 weights 0 inputs [{name = "x", type = tensor<2x2x3xui8, #hvn.axes<h, w, c>>}] outputs [] {
  %0 = kern.buffer arena 0 : memref<1x2x2x3xf32>
  // expected-error@+1 {{expected the order rgb or bgr, found 'gbr'}}
  kern.image 0 to %0 scratch %0 size [2, 2] resize [] filter "bilinear" mean [0.0, 0.0, 0.0] std [1.0, 1.0, 1.0]
     order "gbr" : memref<1x2x2x3xf32>, memref<1x2x2x3xf32>
}

// -----

kern.program @net arena 8192 weights 0 inputs [{name = "x", type = tensor<2x2x3xui8, #hvn.axes<h, w, c>>}] outputs [] {
  %0 = kern.buffer arena 0 : memref<1x2x2x3xf32>
  // expected-error@+1 {{expected a result of 1 x 2 x 1 x 3}}
  kern.image 0 to %0 scratch %0 size [2, 1] resize [] filter "bilinear" mean [0.0, 0.0, 0.0] std [1.0, 1.0, 1.0]
     order "rgb" : memref<1x2x2x3xf32>, memref<1x2x2x3xf32>
}

// -----

kern.program @net arena 8192 weights 0 inputs [{name = "x", type = tensor<2x2x3xui8, #hvn.axes<h, w, c>>}] outputs [] {
  %0 = kern.buffer arena 0 : memref<1x2x2x3xf32>
  // expected-error@+1 {{bytes of scratch memory}}
  kern.image 0 to %0 scratch %0 size [2, 2] resize [] filter "bilinear" mean [0.0, 0.0, 0.0] std [1.0, 1.0, 1.0]
     order "rgb" : memref<1x2x2x3xf32>, memref<1x2x2x3xf32>
}
