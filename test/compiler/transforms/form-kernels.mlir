// RUN: fovea-opt %s --form-kernels --split-input-file --mlir-print-local-scope | FileCheck %s
// RUN: fovea-opt %s --form-kernels=fuse=false --split-input-file --mlir-print-local-scope | FileCheck %s --check-prefix=PLAIN

#nhwc = #hvn.axes<n, h, w, c>
#oi = #hvn.axes<o, i>
#oiyx = #hvn.axes<o, i, y, x>
!x = tensor<1x6x6x8xf32, #nhwc>

// Rule 2: an elementwise op follows its operand; what else it reads is an argument, activations first.
// CHECK-LABEL: func.func @epilogue
// CHECK-SAME: (%[[X:.*]]: tensor<{{[^,]*}}, #hvn.axes<n, h, w, c>>)
// CHECK-DAG: %[[W:.*]] = hvn.param "w"
// CHECK-DAG: %[[B:.*]] = hvn.param "b"
// CHECK: %[[Y:.*]] = kern.call @linear_gelu_add(%[[X]], %[[W]], %[[B]])
// CHECK-NEXT: return %[[Y]]
// CHECK: kern.func @linear_gelu_add(%[[A:.*]]: tensor<1x6x6x8xf32, {{.*}}>, %[[AW:.*]]: tensor<8x8xf32, {{.*}}>, %[[AB:.*]]: tensor<8xf32, {{.*}}>)
// CHECK-NEXT: %[[L:.*]] = hvn.linear %[[A]], %[[AW]], %[[AB]]
// CHECK-NEXT: %[[G:.*]] = hvn.gelu %[[L]]
// CHECK-NEXT: %[[R:.*]] = hvn.add %[[A]], %[[G]]
// CHECK-NEXT: kern.return %[[R]]

// One op in a kernel:
// PLAIN-LABEL: func.func @epilogue
// PLAIN: kern.call @linear(
// PLAIN: kern.call @gelu(
// PLAIN: kern.call @add(
func.func @epilogue(%x: !x) -> !x {
  %w = hvn.param "w" : tensor<8x8xf32, #oi>
  %b = hvn.param "b" : tensor<8xf32, #hvn.axes<c>>
  %0 = hvn.linear %x, %w, %b : (!x, tensor<8x8xf32, #oi>, tensor<8xf32, #hvn.axes<c>>) -> !x
  %1 = hvn.gelu %0 : !x
  %2 = hvn.add %x, %1 : (!x, !x) -> !x
  return %2 : !x
}

// -----

#nhwc = #hvn.axes<n, h, w, c>
#oi = #hvn.axes<o, i>
!x = tensor<1x6x6x8xf32, #nhwc>

// A result that two ops read is stored.
// CHECK-LABEL: func.func @two_readers
// CHECK: %[[L:.*]] = kern.call @linear(
// CHECK: %[[G:.*]] = kern.call @gelu(%[[L]])
// CHECK: return %[[L]], %[[G]]
func.func @two_readers(%x: !x) -> (!x, !x) {
  %w = hvn.param "w" : tensor<8x8xf32, #oi>
  %0 = hvn.linear %x, %w : (!x, tensor<8x8xf32, #oi>) -> !x
  %1 = hvn.gelu %0 : !x
  return %0, %1 : !x, !x
}

// -----

#nhwc = #hvn.axes<n, h, w, c>
#oi = #hvn.axes<o, i>
!x = tensor<1x6x6x8xf32, #nhwc>

// Of two kernels that an op could follow, the later one.
// CHECK-LABEL: func.func @latest
// CHECK-SAME: (%[[X:.*]]: tensor<{{[^,]*}}, #hvn.axes<n, h, w, c>>)
// CHECK: %[[A:.*]] = kern.call @linear(%[[X]],
// CHECK: kern.call @linear_mul(%[[X]], %[[A]],
func.func @latest(%x: !x) -> !x {
  %w = hvn.param "w" : tensor<8x8xf32, #oi>
  %0 = hvn.linear %x, %w : (!x, tensor<8x8xf32, #oi>) -> !x
  %1 = hvn.linear %x, %w : (!x, tensor<8x8xf32, #oi>) -> !x
  %2 = hvn.mul %1, %0 : (!x, !x) -> !x
  return %2 : !x
}

// -----

#nhwc = #hvn.axes<n, h, w, c>
#oi = #hvn.axes<o, i>
!x = tensor<1x6x6x8xf32, #nhwc>
!g = tensor<1x1x1x8xf32, #nhwc>

// A smaller result is not computed once per pixel: it is stored. Rule 3: the cheap product is computed in both readers.
// CHECK-LABEL: func.func @gate
// CHECK-SAME: (%[[X:.*]]: tensor<{{[^,]*}}, #hvn.axes<n, h, w, c>>, %[[S:.*]]: tensor<{{[^,]*}}, #hvn.axes<n, h, w, c>>)
// CHECK: %[[M:.*]] = kern.call @mul_mean_sigmoid(%[[X]], %[[S]])
// CHECK: kern.call @mul_mul(%[[X]], %[[S]], %[[M]])
func.func @gate(%x: !x, %s: tensor<1x6x6x1xf32, #nhwc>) -> !x {
  %0 = hvn.mul %x, %s : (!x, tensor<1x6x6x1xf32, #nhwc>) -> !x
  %1 = hvn.mean %0 over <h, w> keepdim true : (!x) -> !g
  %2 = hvn.sigmoid %1 : !g
  %3 = hvn.mul %0, %2 : (!x, !g) -> !x
  return %3 : !x
}

// -----

#nhwc = #hvn.axes<n, h, w, c>
!x = tensor<1x6x6x8xf32, #nhwc>

// An op that is not cheap is computed once.
// CHECK-LABEL: func.func @dear
// CHECK-SAME: (%[[X:.*]]: tensor<{{[^,]*}}, #hvn.axes<n, h, w, c>>)
// CHECK: %[[G:.*]] = kern.call @gelu(%[[X]])
// CHECK: kern.call @mean(%[[G]])
// CHECK: kern.call @add(%[[G]], %[[X]])
func.func @dear(%x: !x) -> (tensor<1x8xf32, #hvn.axes<n, c>>, !x) {
  %0 = hvn.gelu %x : !x
  %1 = hvn.mean %0 over <h, w> : (!x) -> tensor<1x8xf32, #hvn.axes<n, c>>
  %2 = hvn.add %0, %x : (!x, !x) -> !x
  return %1, %2 : tensor<1x8xf32, #hvn.axes<n, c>>, !x
}

// -----

#nhwc = #hvn.axes<n, h, w, c>
!x = tensor<1x6x6x8xf32, #nhwc>

// A cheap op that something has to read from memory is read from there by all.
// CHECK-LABEL: func.func @stored_anyway
// CHECK: %[[R:.*]] = kern.call @relu(
// CHECK: kern.call @gelu(%[[R]])
func.func @stored_anyway(%x: !x) -> (!x, !x) {
  %0 = hvn.relu %x : !x
  %1 = hvn.gelu %0 : !x
  return %0, %1 : !x, !x
}

// -----

#nhwc = #hvn.axes<n, h, w, c>
!x = tensor<1x6x6x8xf32, #nhwc>

// A constant is inside of the kernel.
// CHECK-LABEL: func.func @constant
// CHECK-SAME: (%[[X:.*]]: tensor<{{[^,]*}}, #hvn.axes<n, h, w, c>>)
// CHECK-NEXT: kern.call @sigmoid_mul(%[[X]]) :
// CHECK: kern.func @sigmoid_mul
// CHECK: hvn.constant 2
func.func @constant(%x: !x) -> !x {
  %two = hvn.constant 2.0 : tensor<f32, #hvn.axes<>>
  %0 = hvn.sigmoid %x : !x
  %1 = hvn.mul %0, %two : (!x, tensor<f32, #hvn.axes<>>) -> !x
  return %1 : !x
}

// -----

#nhwc = #hvn.axes<n, h, w, c>
#oi = #hvn.axes<o, i>
#oiyx = #hvn.axes<o, i, y, x>
!x = tensor<1x6x6x8xf32, #nhwc>
!s = tensor<1x6x6x1xf32, #nhwc>

// Rule 5: the sum over the channels of a depthwise convolution; of a linear with more outputs, not.
// CHECK-LABEL: func.func @channel_dot
// CHECK: kern.call @conv_relu_linear_sigmoid(
// CHECK: kern.call @conv(
// CHECK: kern.call @linear(
func.func @channel_dot(%x: !x) -> (!s, !x) {
  %w = hvn.param "w" : tensor<8x1x3x3xf32, #oiyx>
  %v = hvn.param "v" : tensor<1x8xf32, #oi>
  %u = hvn.param "u" : tensor<8x8xf32, #oi>
  %0 = hvn.conv %x, %w pad [1, 1] groups 8 : (!x, tensor<8x1x3x3xf32, #oiyx>) -> !x
  %1 = hvn.relu %0 : !x
  %2 = hvn.linear %1, %v : (!x, tensor<1x8xf32, #oi>) -> !s
  %3 = hvn.sigmoid %2 : !s
  %4 = hvn.conv %x, %w pad [1, 1] groups 8 : (!x, tensor<8x1x3x3xf32, #oiyx>) -> !x
  %5 = hvn.linear %4, %u : (!x, tensor<8x8xf32, #oi>) -> !x
  return %3, %5 : !s, !x
}

// -----

#nchw = #hvn.axes<n, c, h, w>
#nhwc = #hvn.axes<n, h, w, c>
#oiyx = #hvn.axes<o, i, y, x>
!x = tensor<1x8x8x3xf32, #nhwc>
!y = tensor<1x4x4x8xf32, #nhwc>
!z = tensor<1x2x2x8xf32, #nhwc>

// Rules 6 and 7: the stem, from the caller's layout; a third convolution stands alone.
// CHECK-LABEL: func.func @stem
// CHECK-SAME: (%[[X:.*]]: tensor<1x3x8x8xf32, #hvn.axes<n, c, h, w>>)
// CHECK: %[[S:.*]] = kern.call @permute_conv_relu_conv_relu(%[[X]],
// CHECK: kern.call @conv(%[[S]],
// CHECK: kern.func @permute_conv_relu_conv_relu(%[[A:.*]]: tensor<1x3x8x8xf32, #hvn.axes<n, c, h, w>>
// CHECK-NEXT: hvn.permute %[[A]]
func.func @stem(%x: tensor<1x3x8x8xf32, #nchw>) -> !z {
  %v = hvn.param "v" : tensor<8x3x3x3xf32, #oiyx>
  %w = hvn.param "w" : tensor<8x8x3x3xf32, #oiyx>
  %0 = hvn.permute %x : tensor<1x3x8x8xf32, #nchw> to !x
  %1 = hvn.conv %0, %v stride [2, 2] pad [1, 1] : (!x, tensor<8x3x3x3xf32, #oiyx>) -> !y
  %2 = hvn.relu %1 : !y
  %3 = hvn.conv %2, %w stride [1, 1] pad [1, 1] : (!y, tensor<8x8x3x3xf32, #oiyx>) -> !y
  %4 = hvn.relu %3 : !y
  %5 = hvn.conv %4, %w stride [2, 2] pad [1, 1] : (!y, tensor<8x8x3x3xf32, #oiyx>) -> !z
  return %5 : !z
}

// -----

#nchw = #hvn.axes<n, c, h, w>
#nhwc = #hvn.axes<n, h, w, c>
!x = tensor<1x6x6x8xf32, #nhwc>

// Rule 7: other permutes are kernels; a reshape is in none.
// CHECK-LABEL: func.func @data_movement
// CHECK: %[[R:.*]] = kern.call @gelu(
// CHECK: %[[P:.*]] = kern.call @permute(%[[R]])
// CHECK: hvn.reshape %[[P]]
// CHECK: kern.call @slice_relu(%[[R]])
func.func @data_movement(%x: !x) -> (tensor<1x288xf32, #hvn.axes<n, c>>, tensor<1x6x6x4xf32, #nhwc>) {
  %0 = hvn.gelu %x : !x
  %1 = hvn.permute %0 : !x to tensor<1x8x6x6xf32, #nchw>
  %2 = hvn.reshape %1 : tensor<1x8x6x6xf32, #nchw> to tensor<1x288xf32, #hvn.axes<n, c>>
  %3 = hvn.slice %0 on "c" from 4 size 4 : (!x) -> tensor<1x6x6x4xf32, #nhwc>
  %4 = hvn.relu %3 : tensor<1x6x6x4xf32, #nhwc>
  return %2, %4 : tensor<1x288xf32, #hvn.axes<n, c>>, tensor<1x6x6x4xf32, #nhwc>
}

// -----

#nhwc = #hvn.axes<n, h, w, c>
#oiyx = #hvn.axes<o, i, y, x>
!x = tensor<1x6x6x8xf32, #nhwc>
!m = tensor<1x1x6x2xf32, #hvn.axes<n, g, b, s>>

// The moments of what a depthwise convolution makes are its kernel's second result.
// CHECK-LABEL: func.func @moments
// CHECK: %[[Y:.*]]:2 = kern.call @conv_relu_moments(
// CHECK: kern.call @normalize(%[[Y]]#0, %[[Y]]#1)
// CHECK: kern.func @conv_relu_moments
// CHECK: %[[R:.*]] = hvn.relu
// CHECK-NEXT: %[[M:.*]] = hvn.moments %[[R]]
// CHECK-NEXT: kern.return %[[R]], %[[M]]
// PLAIN-LABEL: func.func @moments
// PLAIN: kern.call @moments(
func.func @moments(%x: !x) -> !x {
  %w = hvn.param "w" : tensor<8x1x3x3xf32, #oiyx>
  %0 = hvn.conv %x, %w pad [1, 1] groups 8 : (!x, tensor<8x1x3x3xf32, #oiyx>) -> !x
  %1 = hvn.relu %0 : !x
  %2 = hvn.moments %1 groups 1 rows "h" : (!x) -> !m
  %3 = hvn.normalize %1 by %2 eps 1.0e-5 : (!x, !m) -> !x
  return %3 : !x
}

// -----

#nhwc = #hvn.axes<n, h, w, c>
#oi = #hvn.axes<o, i>
!x = tensor<1x6x6x8xf32, #nhwc>
!m = tensor<1x1x6x2xf32, #hvn.axes<n, g, b, s>>

// The same of what a pooling makes; what is taken away from it is read in its kernel.
// CHECK-LABEL: func.func @moments_of_pool
// CHECK: kern.call @avg_pool_sub_moments(
// CHECK-NOT: kern.call
func.func @moments_of_pool(%x: !x) -> (!x, !m) {
  %0 = hvn.avg_pool %x kernel [3, 3] stride [1, 1] pad [1, 1] count_include_pad false : (!x) -> !x
  %1 = hvn.sub %0, %x : (!x, !x) -> !x
  %2 = hvn.moments %1 groups 1 rows "h" : (!x) -> !m
  return %1, %2 : !x, !m
}

// -----

#nhwc = #hvn.axes<n, h, w, c>
#oi = #hvn.axes<o, i>
!x = tensor<1x6x6x8xf32, #nhwc>
!m = tensor<1x1x6x2xf32, #hvn.axes<n, g, b, s>>

// A linear layer on few pixels is not cut into rows for the moments.
// CHECK-LABEL: func.func @moments_of_few_pixels
// CHECK: %[[Y:.*]] = kern.call @linear(
// CHECK: kern.call @moments(%[[Y]])
func.func @moments_of_few_pixels(%x: !x) -> (!x, !m) {
  %w = hvn.param "w" : tensor<8x8xf32, #oi>
  %0 = hvn.linear %x, %w : (!x, tensor<8x8xf32, #oi>) -> !x
  %1 = hvn.moments %0 groups 1 rows "h" : (!x) -> !m
  return %0, %1 : !x, !m
}

// -----

#nhwc = #hvn.axes<n, h, w, c>
#oi = #hvn.axes<o, i>
!x = tensor<1x6x6x8xf32, #nhwc>

// Two uses that meet in one op run with what makes the value.
// CHECK-LABEL: func.func @uses_that_meet
// CHECK: %[[Y:.*]] = kern.call @linear_sigmoid_mul_relu(
// CHECK-NEXT: return %[[Y]]
func.func @uses_that_meet(%x: !x) -> !x {
  %w = hvn.param "w" : tensor<8x8xf32, #oi>
  %0 = hvn.linear %x, %w : (!x, tensor<8x8xf32, #oi>) -> !x
  %1 = hvn.sigmoid %0 : !x
  %2 = hvn.mul %0, %1 : (!x, !x) -> !x
  %3 = hvn.relu %2 : !x
  return %3 : !x
}

// -----

#nhwc = #hvn.axes<n, h, w, c>
#oi = #hvn.axes<o, i>
!x = tensor<1x6x6x8xf32, #nhwc>

// A use outside needs the value itself.
// CHECK-LABEL: func.func @use_outside
// CHECK: %[[Y:.*]] = kern.call @linear(
// CHECK: %[[Z:.*]] = kern.call @sigmoid_mul(%[[Y]])
// CHECK: return %[[Z]], %[[Y]]
func.func @use_outside(%x: !x) -> (!x, !x) {
  %w = hvn.param "w" : tensor<8x8xf32, #oi>
  %0 = hvn.linear %x, %w : (!x, tensor<8x8xf32, #oi>) -> !x
  %1 = hvn.sigmoid %0 : !x
  %2 = hvn.mul %0, %1 : (!x, !x) -> !x
  return %2, %0 : !x, !x
}

// -----

!q = tensor<2x5x3xf32, #hvn.axes<head, q, c>>
!k = tensor<2x4x3xf32, #hvn.axes<head, k, c>>
!w = tensor<2x5x4xf32, #hvn.axes<head, q, k>>

// Rule 7: a contraction stores its result in the order that its one reader wants; but not with its batch innermost.
// CHECK-LABEL: func.func @stored_permuted
// CHECK: kern.call @contract_permute(
// CHECK: %[[S:.*]] = kern.call @contract(
// CHECK: kern.call @permute(%[[S]])
func.func @stored_permuted(%q: !q, %k: !k, %w: !w) -> (tensor<5x2x3xf32, #hvn.axes<q, head, c>>, tensor<5x4x2xf32, #hvn.axes<q, k, head>>) {
  %0 = hvn.contract %w, %k over <k> : (!w, !k) -> !q
  %1 = hvn.permute %0 : !q to tensor<5x2x3xf32, #hvn.axes<q, head, c>>
  %2 = hvn.contract %q, %k over <c> : (!q, !k) -> !w
  %3 = hvn.permute %2 : !w to tensor<5x4x2xf32, #hvn.axes<q, k, head>>
  return %1, %3 : tensor<5x2x3xf32, #hvn.axes<q, head, c>>, tensor<5x4x2xf32, #hvn.axes<q, k, head>>
}

// -----

#mc = #hvn.axes<m, c>
#oi = #hvn.axes<o, i>
!x = tensor<3136x64xf32, #mc>
!y = tensor<3136x256xf32, #mc>

// Rule 7: blocks of pixels go through both layers of a perceptron, if what is between them is large.
// CHECK-LABEL: func.func @perceptron
// CHECK: %[[Y:.*]] = kern.call @linear_gelu_linear_add(
// CHECK-NEXT: return %[[Y]]
func.func @perceptron(%x: !x) -> !x {
  %w0 = hvn.param "w0" : tensor<256x64xf32, #oi>
  %w1 = hvn.param "w1" : tensor<64x256xf32, #oi>
  %0 = hvn.linear %x, %w0 : (!x, tensor<256x64xf32, #oi>) -> !y
  %1 = hvn.gelu %0 : !y
  %2 = hvn.linear %1, %w1 : (!y, tensor<64x256xf32, #oi>) -> !x
  %3 = hvn.add %x, %2 : (!x, !x) -> !x
  return %3 : !x
}

// Not where another op reads what is between.
// CHECK-LABEL: func.func @read_between
// CHECK: kern.call @linear(
// CHECK: kern.call @linear_
func.func @read_between(%x: !x) -> (!x, !y) {
  %w0 = hvn.param "w0" : tensor<256x64xf32, #oi>
  %w1 = hvn.param "w1" : tensor<64x256xf32, #oi>
  %0 = hvn.linear %x, %w0 : (!x, tensor<256x64xf32, #oi>) -> !y
  %1 = hvn.linear %0, %w1 : (!y, tensor<64x256xf32, #oi>) -> !x
  return %1, %0 : !x, !y
}

// Three layers: the first two.
// CHECK-LABEL: func.func @three_layers
// CHECK: kern.call @linear_linear(
// CHECK: kern.call @linear_
func.func @three_layers(%x: !x) -> !y {
  %w0 = hvn.param "w0" : tensor<256x64xf32, #oi>
  %w1 = hvn.param "w1" : tensor<64x256xf32, #oi>
  %0 = hvn.linear %x, %w0 : (!x, tensor<256x64xf32, #oi>) -> !y
  %1 = hvn.linear %0, %w1 : (!y, tensor<64x256xf32, #oi>) -> !x
  %2 = hvn.linear %1, %w0 : (!x, tensor<256x64xf32, #oi>) -> !y
  return %2 : !y
}

// -----

#mc = #hvn.axes<m, c>
#oi = #hvn.axes<o, i>
!x = tensor<784x256xf32, #mc>
!y = tensor<784x1024xf32, #mc>
!z = tensor<196x64xf32, #mc>
!h = tensor<196x256xf32, #mc>

// Not where weights fill the cache, or where the map between stays in it.
// CHECK-LABEL: func.func @large_weights
// CHECK: kern.call @linear(
// CHECK: kern.call @linear_
func.func @large_weights(%x: !x) -> !x {
  %w0 = hvn.param "w0" : tensor<1024x256xf32, #oi>
  %w1 = hvn.param "w1" : tensor<256x1024xf32, #oi>
  %0 = hvn.linear %x, %w0 : (!x, tensor<1024x256xf32, #oi>) -> !y
  %1 = hvn.linear %0, %w1 : (!y, tensor<256x1024xf32, #oi>) -> !x
  return %1 : !x
}

// CHECK-LABEL: func.func @small_map
// CHECK: kern.call @linear_
// CHECK: kern.call @linear_
func.func @small_map(%x: !z) -> !z {
  %w0 = hvn.param "w0" : tensor<256x64xf32, #oi>
  %w1 = hvn.param "w1" : tensor<64x256xf32, #oi>
  %0 = hvn.linear %x, %w0 : (!z, tensor<256x64xf32, #oi>) -> !h
  %1 = hvn.linear %0, %w1 : (!h, tensor<64x256xf32, #oi>) -> !z
  return %1 : !z
}

// -----

#nhwc = #hvn.axes<n, h, w, c>
#oi = #hvn.axes<o, i>
#oiyx = #hvn.axes<o, i, y, x>
!x = tensor<1x64x64x32xf32, #nhwc>
!y = tensor<1x64x64x128xf32, #nhwc>
!w = tensor<128x32xf32, #oi>
!v = tensor<32x128xf32, #oi>
!d = tensor<128x1x3x3xf32, #oiyx>
!m = tensor<1x1x64x2xf32, #hvn.axes<n, g, b, s>>

// Rule 8: bands of rows go through an inverted bottleneck.
// CHECK-LABEL: func.func @bottleneck
// CHECK: %[[Y:.*]] = kern.call @linear_relu_conv_linear_add(
// CHECK-NEXT: return %[[Y]]
func.func @bottleneck(%x: !x) -> !x {
  %w = hvn.param "w" : !w
  %d = hvn.param "d" : !d
  %v = hvn.param "v" : !v
  %0 = hvn.linear %x, %w : (!x, !w) -> !y
  %1 = hvn.relu %0 : !y
  %2 = hvn.conv %1, %d pad [1, 1] groups 128 : (!y, !d) -> !y
  %3 = hvn.linear %2, %v : (!y, !v) -> !x
  %4 = hvn.add %3, %x : (!x, !x) -> !x
  return %4 : !x
}

// Without the last layer, where its channels are weighted by all pixels.
// CHECK-LABEL: func.func @excited
// CHECK: kern.call @linear_conv_relu(
// CHECK: kern.call @mean(
func.func @excited(%x: !x) -> (!y, tensor<1x1x1x128xf32, #nhwc>) {
  %w = hvn.param "w" : !w
  %d = hvn.param "d" : !d
  %0 = hvn.linear %x, %w : (!x, !w) -> !y
  %1 = hvn.conv %0, %d pad [1, 1] groups 128 : (!y, !d) -> !y
  %2 = hvn.relu %1 : !y
  %3 = hvn.mean %2 over <h, w> keepdim true : (!y) -> tensor<1x1x1x128xf32, #nhwc>
  return %2, %3 : !y, tensor<1x1x1x128xf32, #nhwc>
}

// Moments are taken row by row, by a kernel that does nothing else.
// CHECK-LABEL: func.func @taken
// CHECK: kern.call @linear(
// CHECK: kern.call @conv_moments(
func.func @taken(%x: !x) -> (!y, !m) {
  %w = hvn.param "w" : !w
  %d = hvn.param "d" : !d
  %0 = hvn.linear %x, %w : (!x, !w) -> !y
  %1 = hvn.conv %0, %d pad [1, 1] groups 128 : (!y, !d) -> !y
  %2 = hvn.moments %1 groups 1 rows "h" : (!y) -> !m
  return %1, %2 : !y, !m
}
