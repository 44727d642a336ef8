// RUN: fovea-opt %s --assign-schedules --verify-diagnostics --split-input-file

// expected-error@+1 {{unknown strategy 'gem'; did you mean 'gemm'?}}
kern.func @strategy(%x: tensor<7xf32, #hvn.axes<c>>) -> tensor<7xf32, #hvn.axes<c>>
    attributes {schedule = #kern.schedule<"gem" {}>} {
  kern.return %x : tensor<7xf32, #hvn.axes<c>>
}

// -----

// expected-error@+1 {{strategy 'pointwise' has no knob 'tile_n'; did you mean 'tile_m'?}}
kern.func @knob(%x: tensor<7xf32, #hvn.axes<c>>) -> tensor<7xf32, #hvn.axes<c>>
    attributes {schedule = #kern.schedule<"pointwise" {vector = 4, across = 0, tile_n = 3, parallel = 1}>} {
  kern.return %x : tensor<7xf32, #hvn.axes<c>>
}

// -----

// expected-error@+1 {{strategy 'pointwise' needs the knob 'tile_m' (rows in a tile, 1 to 16)}}
kern.func @missing(%x: tensor<7xf32, #hvn.axes<c>>) -> tensor<7xf32, #hvn.axes<c>>
    attributes {schedule = #kern.schedule<"pointwise" {vector = 4, across = 0, parallel = 1}>} {
  kern.return %x : tensor<7xf32, #hvn.axes<c>>
}

// -----

// expected-error@+1 {{knob 'tile_m' of strategy 'pointwise' takes 1 to 16, found 17}}
kern.func @range(%x: tensor<7xf32, #hvn.axes<c>>) -> tensor<7xf32, #hvn.axes<c>>
    attributes {schedule = #kern.schedule<"pointwise" {vector = 4, across = 0, tile_m = 17, parallel = 1}>} {
  kern.return %x : tensor<7xf32, #hvn.axes<c>>
}

// -----

// Three linear layers in one kernel: nothing schedules that.
// expected-error@+1 {{no schedule strategy takes this combination of layers}}
kern.func @three(%x: tensor<5x7xf32, #hvn.axes<m, c>>, %w: tensor<7x7xf32, #hvn.axes<o, i>>)
    -> tensor<5x7xf32, #hvn.axes<m, c>> {
  %0 = hvn.linear %x, %w : (tensor<5x7xf32, #hvn.axes<m, c>>, tensor<7x7xf32, #hvn.axes<o, i>>)
                         -> tensor<5x7xf32, #hvn.axes<m, c>>
  %1 = hvn.linear %0, %w : (tensor<5x7xf32, #hvn.axes<m, c>>, tensor<7x7xf32, #hvn.axes<o, i>>)
                         -> tensor<5x7xf32, #hvn.axes<m, c>>
  %2 = hvn.linear %1, %w : (tensor<5x7xf32, #hvn.axes<m, c>>, tensor<7x7xf32, #hvn.axes<o, i>>)
                         -> tensor<5x7xf32, #hvn.axes<m, c>>
  kern.return %2 : tensor<5x7xf32, #hvn.axes<m, c>>
}

// -----

// Side by side they are no pair.
// expected-error@+1 {{no schedule strategy takes this combination of layers}}
kern.func @beside(%x: tensor<5x7xf32, #hvn.axes<m, c>>, %w: tensor<7x7xf32, #hvn.axes<o, i>>)
    -> tensor<5x7xf32, #hvn.axes<m, c>> {
  %0 = hvn.linear %x, %w : (tensor<5x7xf32, #hvn.axes<m, c>>, tensor<7x7xf32, #hvn.axes<o, i>>)
                         -> tensor<5x7xf32, #hvn.axes<m, c>>
  %1 = hvn.linear %x, %w : (tensor<5x7xf32, #hvn.axes<m, c>>, tensor<7x7xf32, #hvn.axes<o, i>>)
                         -> tensor<5x7xf32, #hvn.axes<m, c>>
  %2 = hvn.add %0, %1 : (tensor<5x7xf32, #hvn.axes<m, c>>, tensor<5x7xf32, #hvn.axes<m, c>>)
                      -> tensor<5x7xf32, #hvn.axes<m, c>>
  kern.return %2 : tensor<5x7xf32, #hvn.axes<m, c>>
}
