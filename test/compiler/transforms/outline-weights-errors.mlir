// RUN: fovea-opt %s --outline-weights --verify-diagnostics --split-input-file

// expected-error @below {{expected one network in the module, or one for each of several sizes, found 2}}
module {
  func.func @a(%x: tensor<4xf32, #hvn.axes<c>>) -> tensor<4xf32, #hvn.axes<c>> {
    return %x : tensor<4xf32, #hvn.axes<c>>
  }
  func.func @b(%x: tensor<4xf32, #hvn.axes<c>>) -> tensor<4xf32, #hvn.axes<c>> {
    return %x : tensor<4xf32, #hvn.axes<c>>
  }
}

// -----

func.func @a(%x: tensor<4xf32, #hvn.axes<c>>) -> tensor<4xf32, #hvn.axes<c>> {
  return %x : tensor<4xf32, #hvn.axes<c>>
}
// expected-error @+1 {{the module has 'weights' already}}
func.func private @weights() -> tensor<4xf32, #hvn.axes<c>> {
  %0 = hvn.param "a" : tensor<4xf32, #hvn.axes<c>>
  return %0 : tensor<4xf32, #hvn.axes<c>>
}
