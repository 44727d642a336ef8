// RUN: fovea-opt %s --plan-memory --verify-diagnostics --split-input-file

!x = tensor<4xf32, #hvn.axes<c>>
func.func @no_kernel(%x: !x) -> !x {
  // expected-error @+1 {{'hvn.relu' is in no kernel: memory is planned for kernels only}}
  %0 = hvn.relu %x : !x
  %1 = kern.call @relu(%0) : (!x) -> !x
  return %1 : !x
}
kern.func @relu(%x: !x) -> !x {
  %0 = hvn.relu %x : !x
  kern.return %0 : !x
}

// -----

!x = tensor<4xf32, #hvn.axes<c>>
func.func @input_is_output(%x: !x) -> (!x {hvn.name = "y"}) {
  // expected-error @+1 {{output 'y' is not the result of a kernel}}
  return %x : !x
}

// -----

!x = tensor<4xf32, #hvn.axes<c>>
func.func @twice(%x: !x) -> (!x {hvn.name = "y"}, !x {hvn.name = "z"}) {
  %0 = kern.call @relu(%x) : (!x) -> !x
  // expected-error @+1 {{output 'z' is the same value as output 'y'}}
  return %0, %0 : !x, !x
}
kern.func @relu(%x: !x) -> !x {
  %0 = hvn.relu %x : !x
  kern.return %0 : !x
}

// -----

!x = tensor<4xf32, #hvn.axes<c>>
func.func @missing_weight(%x: !x) -> !x {
  // expected-error @+1 {{the function 'weights' has no result 1 of type 'tensor<4xf32, #hvn.axes<c>>'}}
  %w = kern.weight 1 : !x
  %0 = kern.call @mul(%x, %w) : (!x, !x) -> !x
  return %0 : !x
}
func.func private @weights() -> !x {
  %0 = hvn.param "w" : !x
  return %0 : !x
}
kern.func @mul(%x: !x, %y: !x) -> !x {
  %0 = hvn.mul %x, %y : (!x, !x) -> !x
  kern.return %0 : !x
}
