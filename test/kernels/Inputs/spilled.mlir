#mc = #hvn.axes<m, c>
#oi = #hvn.axes<o, i>
#pil = #hvn.axes<p, i, l>
kern.func @linear(%x: tensor<64x64xf32, #mc>, %w: tensor<4x64x16xf32, #pil>) -> tensor<64x64xf32, #mc>
    attributes {schedule = #kern.schedule<"gemm" {panels_outside = 0, parallel = 1, prefetch = 0, tile_c = 2, tile_m = 20, vector = 16}>} {
  %0 = kern.unpack %w panel 16 : tensor<4x64x16xf32, #pil> to tensor<64x64xf32, #oi>
  %1 = hvn.linear %x, %0 : (tensor<64x64xf32, #mc>, tensor<64x64xf32, #oi>) -> tensor<64x64xf32, #mc>
  kern.return %1 : tensor<64x64xf32, #mc>
}
