// Replay: fovea compile fovea-reproducer-22d93d4242e6128c.mlir --emit=asm --target x86-64-avx512-zen4 -o /dev/null
kern.func @mul_clamp_2(%arg0: tensor<5x4xf32, #hvn.axes<q, k>> loc("x2_1"("/tmp/tmpqzhl46df/layers.net":9:9))) -> tensor<5x4xf32, #hvn.axes<q, k>> attributes {schedule = #kern.schedule<"pointwise" {parallel = 1, tile_m = 5, vector = 4}>} {
  %0 = hvn.constant 1.000000e+01 : tensor<f32, #hvn.axes<>> loc(unknown)
  %1 = hvn.mul %arg0, %0 : (tensor<5x4xf32, #hvn.axes<q, k>>, tensor<f32, #hvn.axes<>>) -> tensor<5x4xf32, #hvn.axes<q, k>> loc("mul"("/tmp/tmpqzhl46df/layers.net":10:39))
  %2 = hvn.clamp %1 low 0.000000e+00 high 8.000000e+00 : tensor<5x4xf32, #hvn.axes<q, k>> loc("clamp"("/tmp/tmpqzhl46df/layers.net":10:28))
  kern.return %2 : tensor<5x4xf32, #hvn.axes<q, k>> loc(fused["mul"("/tmp/tmpqzhl46df/layers.net":10:39), "clamp"("/tmp/tmpqzhl46df/layers.net":10:28)])
} loc(fused["mul"("/tmp/tmpqzhl46df/layers.net":10:39), "clamp"("/tmp/tmpqzhl46df/layers.net":10:28)])
