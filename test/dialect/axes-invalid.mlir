// RUN: fovea-opt %s --split-input-file --verify-diagnostics

!x = tensor<2x6xf32, #hvn.axes<n, c>>
// merge C1
func.func @merge_axis(%x: !x) {
  // expected-error @+2 {{the input has no axis 't'; it has #hvn.axes<n, c>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.merge %x over <n, t> into "m" : (!x) -> !x
  return
}

// -----

!x = tensor<2x6xf32, #hvn.axes<n, c>>
func.func @merge_nothing(%x: !x) {
  // expected-error @+2 {{expected at least one axis to merge}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.merge %x over <> into "m" : (!x) -> !x
  return
}

// -----

!x = tensor<2x6x3xf32, #hvn.axes<n, c, t>>
// merge C2
func.func @merge_name(%x: !x) {
  // expected-error @+2 {{the input has another axis 't' already}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.merge %x over <n, c> into "t" : (!x) -> !x
  return
}

// -----

!x = tensor<2x6xf32, #hvn.axes<n, c>>
// unmerge C1
func.func @unmerge_axis(%x: !x) {
  // expected-error @+2 {{the input has no axis 't'; it has #hvn.axes<n, c>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.unmerge %x on "t" into <a, b> sizes [2, 3] : (!x) -> !x
  return
}

// -----

!x = tensor<2x6xf32, #hvn.axes<n, c>>
// unmerge C2
func.func @unmerge_sizes(%x: !x) {
  // expected-error @+2 {{the axis c of size 6 cannot be cut into the sizes [2, 4] of #hvn.axes<a, b>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.unmerge %x on "c" into <a, b> sizes [2, 4] : (!x) -> !x
  return
}

// -----

!x = tensor<2x6xf32, #hvn.axes<n, c>>
func.func @unmerge_overflow(%x: !x) {
  // expected-error @+2 {{the axis c of size 6 cannot be cut into the sizes}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.unmerge %x on "c" into <a, b> sizes [4294967296, 4294967296] : (!x) -> !x
  return
}

// -----

!x = tensor<2x6xf32, #hvn.axes<n, c>>
// unmerge C3
func.func @unmerge_name(%x: !x) {
  // expected-error @+2 {{the input has another axis 'n' already}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.unmerge %x on "c" into <n, c> sizes [2, 3] : (!x) -> !x
  return
}

// -----

!x = tensor<2x6xf32, #hvn.axes<n, c>>
// rename C1
func.func @rename_axis(%x: !x) {
  // expected-error @+2 {{the input has no axis 't'; it has #hvn.axes<n, c>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.rename %x from <t> to <m> : (!x) -> !x
  return
}

// -----

!x = tensor<2x6xf32, #hvn.axes<n, c>>
// rename C2
func.func @rename_count(%x: !x) {
  // expected-error @+2 {{expected as many new names as old ones, found #hvn.axes<c> and #hvn.axes<a, b>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.rename %x from <c> to <a, b> : (!x) -> !x
  return
}

// -----

!x = tensor<2x6xf32, #hvn.axes<n, c>>
// rename C3
func.func @rename_twice(%x: !x) {
  // expected-error @+2 {{two axes would be called 'n'}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.rename %x from <c> to <n> : (!x) -> !x
  return
}

// -----

!x = tensor<2x1xf32, #hvn.axes<n, c>>
// expand C1
func.func @expand_sizes(%x: !x) {
  // expected-error @+2 {{expected a positive size for each of the axes #hvn.axes<c>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.expand %x over <c> sizes [0] : (!x) -> !x
  return
}

// -----

!x = tensor<2x1xf32, #hvn.axes<n, c>>
// expand C2
func.func @expand_large(%x: !x) {
  // expected-error @+2 {{the axis n has size 2: only size 1 can be repeated}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.expand %x over <n> sizes [4] : (!x) -> !x
  return
}
