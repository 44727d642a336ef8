func.func @inner(%x: tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>> {hvn.name = "x"}) -> (tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>> {hvn.name = "y"}) {
  %0 = hvn.moments %x groups 1 rows "h" : (tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>>) -> tensor<1x1x6x2xf32, #hvn.axes<n, g, b, s>> loc("net.net":3:7)
  %1 = hvn.normalize %x by %0 eps 1.0e-05 : (tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>>, tensor<1x1x6x2xf32, #hvn.axes<n, g, b, s>>) -> tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>> loc("net.net":4:7)
  return %1 : tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>>
}
