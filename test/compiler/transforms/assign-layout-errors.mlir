// RUN: fovea-opt %s --assign-layout --verify-diagnostics

!x = tensor<1x4x5x5xf32, #hvn.axes<n, c, h, w>>

func.func @f(%x: !x) -> !x {
  // expected-error @+1 {{'func.call' is no layer whose layout can be chosen: its result types do not follow from its operands}}
  %0 = func.call @f(%x) : (!x) -> !x
  return %0 : !x
}
