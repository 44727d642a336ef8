// Replay: fovea compile fovea-reproducer-ddeb0515d8ecf42b.mlir --emit=asm --target x86-64-avx512-zen4 -o /dev/null
kern.func @mul_clamp(%arg0: tensor<5x1xf32, #hvn.axes<q, k>> loc("x0_1"("/tmp/tmpqzhl46df/layers.net":3:9))) -> tensor<5x1xf32, #hvn.axes<q, k>> attributes {schedule = #kern.schedule<"pointwise" {parallel = 1, tile_m = 5, vector = 1}>} {
  %0 = hvn.constant 1.000000e+01 : tensor<f32, #hvn.axes<>> loc(unknown)
  %1 = hvn.mul %arg0, %0 : (tensor<5x1xf32, #hvn.axes<q, k>>, tensor<f32, #hvn.axes<>>) -> tensor<5x1xf32, #hvn.axes<q, k>> loc("mul"("/tmp/tmpqzhl46df/layers.net":4:39))
  %2 = hvn.clamp %1 low 0.000000e+00 high 8.000000e+00 : tensor<5x1xf32, #hvn.axes<q, k>> loc("clamp"("/tmp/tmpqzhl46df/layers.net":4:28))
  kern.return %2 : tensor<5x1xf32, #hvn.axes<q, k>> loc(fused["mul"("/tmp/tmpqzhl46df/layers.net":4:39), "clamp"("/tmp/tmpqzhl46df/layers.net":4:28)])
} loc(fused["mul"("/tmp/tmpqzhl46df/layers.net":4:39), "clamp"("/tmp/tmpqzhl46df/layers.net":4:28)])
