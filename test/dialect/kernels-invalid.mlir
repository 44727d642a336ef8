// RUN: fovea-opt %s --verify-diagnostics --split-input-file

!x = tensor<8x16xf32, #hvn.axes<m, c>>
// expected-note @+1 {{kernel 'f' is declared here}}
kern.func @f(%x: !x) -> !x {
  // expected-error @+1 {{gives 'tensor<8x16xf32, #hvn.axes<m, c>>', 'tensor<8x16xf32, #hvn.axes<m, c>>', but the kernel has 'tensor<8x16xf32, #hvn.axes<m, c>>'}}
  kern.return %x, %x : !x, !x
}

// -----

!x = tensor<8x16xf32, #hvn.axes<m, c>>
func.func @net(%x: !x) -> !x {
  // expected-error @+1 {{calls 'nothing', which is not a kernel}}
  %0 = kern.call @nothing(%x) : (!x) -> !x
  return %0 : !x
}

// -----

!x = tensor<8x16xf32, #hvn.axes<m, c>>
func.func @net(%x: !x) -> !x {
  // expected-error @+1 {{does not match the signature '(tensor<8x16xf32, #hvn.axes<m, c>>) -> tensor<8x16xf32, #hvn.axes<m, c>>'}}
  %0 = kern.call @f(%x, %x) : (!x, !x) -> !x
  return %0 : !x
}
// expected-note @+1 {{kernel 'f' is declared here}}
kern.func @f(%x: !x) -> !x {
  kern.return %x : !x
}

// -----

// expected-error @+1 {{unknown strategy 'pointwisee'; did you mean 'pointwise'?}}
kern.func @f() attributes {schedule = #kern.schedule<"pointwisee" {}>} {
  kern.return
}

// -----

// expected-error @+1 {{strategy 'pointwise' has no knob 'tile_n'; did you mean 'tile_m'?}}
kern.func @f() attributes {schedule = #kern.schedule<"pointwise" {vector = 4, across = 0, tile_m = 1, parallel = 1, tile_n = 1}>} {
  kern.return
}

// -----

// expected-error @+1 {{strategy 'pointwise' needs the knob 'tile_m' (}}
kern.func @f() attributes {schedule = #kern.schedule<"pointwise" {vector = 4, across = 0, parallel = 1}>} {
  kern.return
}

// -----

// expected-error @+1 {{knob 'vector' of strategy 'pointwise' takes 1, 2, 4 to 16, found 17}}
kern.func @f() attributes {schedule = #kern.schedule<"pointwise" {vector = 17, across = 0, tile_m = 1, parallel = 1}>} {
  kern.return
}

// -----

func.func @scalar(%x: tensor<f32, #hvn.axes<>>) {
  // expected-error @+1 {{'kern.pack' op cannot pack a scalar}}
  %0 = kern.pack %x panel 16 : tensor<f32, #hvn.axes<>> to tensor<1x16xf32, #hvn.axes<p, l>>
  return
}

// -----

func.func @pack_type(%x: tensor<20xf32, #hvn.axes<c>>) {
  // expected-error @+1 {{expected the packed type 'tensor<2x16xf32, #hvn.axes<p, l>>', found 'tensor<1x16xf32, #hvn.axes<p, l>>'}}
  %0 = kern.pack %x panel 16 : tensor<20xf32, #hvn.axes<c>> to tensor<1x16xf32, #hvn.axes<p, l>>
  return
}

// -----

func.func @panel(%x: tensor<20xf32, #hvn.axes<c>>) {
  // expected-error @+1 {{attribute 'panel' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  %0 = kern.pack %x panel 0 : tensor<20xf32, #hvn.axes<c>> to tensor<1x16xf32, #hvn.axes<p, l>>
  return
}

// -----

func.func @unpack_type(%x: tensor<2x16xf32, #hvn.axes<p, l>>) {
  // expected-error @+1 {{'kern.unpack' op expected the packed type 'tensor<3x16xf32, #hvn.axes<p, l>>', found 'tensor<2x16xf32, #hvn.axes<p, l>>'}}
  %0 = kern.unpack %x panel 16 : tensor<2x16xf32, #hvn.axes<p, l>> to tensor<40xf32, #hvn.axes<c>>
  return
}

// -----

func.func @weight() {
  // expected-error @+1 {{attribute 'index' failed to satisfy constraint: 64-bit signless integer attribute whose value is non-negative}}
  %0 = kern.weight -1 : tensor<2x16xf32, #hvn.axes<p, l>>
  return
}

// -----

func.func @space() {
  // expected-error @+1 {{containing one of the following enum values for attribute 'space' [input, output, weights, arena]}}
  %0 = kern.buffer heap 0 : memref<4xf32>
  return
}

// -----

!x = tensor<8x16xf32, #hvn.axes<m, c>>
kern.program @program arena 0 weights 0 inputs [] outputs [] {
  %0 = kern.buffer input 0 : memref<8x16xf32>
  %1 = kern.buffer output 0 : memref<16x8xf32>
  // expected-error @+1 {{does not match the signature}}
  kern.launch @f(%0) to (%1) : (memref<8x16xf32>) to (memref<16x8xf32>)
}
// expected-note @+1 {{kernel 'f' is declared here}}
kern.func @f(%x: !x) -> !x {
  kern.return %x : !x
}

// -----

kern.program @program arena 0 weights 0 inputs [] outputs [] {
  %0 = kern.buffer input 0 : memref<4xf32>
  // expected-error @+1 {{calls 'nothing', which is not a kernel}}
  kern.launch @nothing(%0) to (%0) : (memref<4xf32>) to (memref<4xf32>)
}

// -----

!x = tensor<4xf32, #hvn.axes<c>>
kern.func @f(%x: !x) -> !x {
  kern.return %x : !x
}
func.func @outside() {
  %0 = kern.buffer input 0 : memref<4xf32>
  // expected-error @+1 {{'kern.launch' op expects parent op 'kern.program'}}
  kern.launch @f(%0) to (%0) : (memref<4xf32>) to (memref<4xf32>)
  return
}

// -----

// expected-error@+1 {{takes and gives static tensors of f32, bf16 or f16 on named axes, found 'i32'}}
kern.func @types(%x: i32) {
  kern.return
}
