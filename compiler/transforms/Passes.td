// The passes between the network and the host program.
#ifndef FOVEA_COMPILER_TRANSFORMS_PASSES
#define FOVEA_COMPILER_TRANSFORMS_PASSES

include "mlir/Pass/PassBase.td"

//===----------------------------------------------------------------------===//
// Stage `simplified`: what the network computes
//===----------------------------------------------------------------------===//

def KeepLayersPass : Pass<"keep-layers", "::mlir::func::FuncOp"> {
  let summary = "Makes the value of every layer an output";
  let description = [{
    For `compare --layers`. Behind each layer stands an `hvn.keep`, which everything that follows reads; its values
    become outputs called `layer0`, `layer1` and so on, in the order of the layer table. A value that is an output
    already stays that one. So each layer is computed from values that can be seen.

    ```mlir
    // before
    func.func @f(%x: !x) -> (!x {hvn.name = "y"}) {
      %0 = hvn.gelu %x : !x
      %1 = hvn.relu %0 : !x
      return %1 : !x
    // after
    func.func @f(%x: !x) -> (!x {hvn.name = "y"}, !x {hvn.name = "layer0"}) {
      %0 = hvn.gelu %x : !x
      %1 = hvn.keep %0 as "gelu" : !x
      %2 = hvn.relu %1 : !x
      %3 = hvn.keep %2 as "relu" : !x
      return %3, %1 : !x, !x
    ```
  }];
  let dependentDialects = ["::fovea::hvn::HvnDialect"];
}

def FormAttentionPass : Pass<"form-attention", "::mlir::func::FuncOp"> {
  let summary = "Makes attention of a softmax between two contractions";
  let description = [{
    contract(softmax(contract(q, k) * scale + bias), v) is an attention without heads if nothing else reads what is
    between, scale is a constant or missing, the softmax is over all axes that k alone has, and the channels are one axis
    each. The axes of both that are summed in neither are its batch. A bias may be missing; with one, queries and keys
    have an axis of tokens each.

    ```mlir
    // before
    %0 = hvn.contract %q, %k over <d> : (!nqd, !nkd) -> !nqk
    %1 = hvn.softmax %0 over <k> : !nqk
    %2 = hvn.contract %1, %v over <k> : (!nqk, !nkd) -> !nqd
    // after
    %qc = hvn.rename %q from <d> to <c> : (!nqd) -> !nqc
    %kc = hvn.rename %k from <d> to <c> : (!nkd) -> !nkc
    %vc = hvn.rename %v from <d> to <c> : (!nkd) -> !nkc
    %0 = hvn.attention %qc, %kc, %vc heads 1 scale 1.0 queries <q> keys <k> : (!nqc, !nkc, !nkc) -> !nqc
    %2 = hvn.rename %0 from <c> to <d> : (!nqc) -> !nqd
    ```
  }];
}

def FoldParametersPass : Pass<"fold-parameters", "::mlir::func::FuncOp"> {
  let summary = "Moves scales and shifts by parameters into the layers around them";
  let description = [{
    A layer is a `linear` or a `conv` with parameters as weight and bias; s and t are parameters with a value per
    channel, or one value. All arithmetic that the pass makes is hvn ops on parameters, evaluated at compile time.

    - layer(x * s): the weights that read channel c are multiplied by s(c). Zero padding stays zero.
    - layer(x + t): the bias grows by the layer's answer to t. Not behind padding: there, t is missing.
      Neither if x is a layer that can take s or t itself.
    - layer(x) * s: weights and bias of channel c are multiplied by s(c). layer(x) + t: t joins the bias.
      Only if nothing else reads layer(x).
    - mean(x * s) = mean(x) * s and mean(x + t) = mean(x) + t, when s and t lack the reduced axes.
    - avg_pool(x * s) = avg_pool(x) * s and, if no zeros count in its means, avg_pool(x + t) = avg_pool(x) + t and
      avg_pool(normalize(x, moments)) = normalize(avg_pool(x), moments), when s and t lack h and w and x is no layer that
      can take them.
    - x * s - y * s = (x - y) * s and (x + t) - (y + t) = x - y.
    - Layers on one input, added or subtracted, become one layer: the smaller kernels get zeros around them, depthwise
      filters beside a dense layer zeros between them. So do a layer and its input itself, the input times s, or the
      mean of its windows, if padding counts. Only if the sum is no more work than the summands, and strides, dilations
      and groups allow it. Where a window is widened, NaN and infinities reach as far as the new window does.
    - linear(normalize(x, moments), W, b) = normalize(linear(x, W), moments, sums of the rows of W) + b: the statistics
      come to bear behind the layer, which needs no normalized copy of x.

    A batch normalization, which canonicalization has made a scale and a shift, so disappears.

    ```mlir
    // before
    %1 = hvn.linear %x, %w, %b : (!x, !w, !c) -> !x
    %2 = hvn.mul %1, %s : (!x, !c) -> !x
    // after
    %so = hvn.reshape %s : !c to !o
    %w1 = hvn.mul %w, %so : (!w, !o) -> !w
    %b1 = hvn.mul %b, %s : (!c, !c) -> !c
    %2 = hvn.linear %x, %w1, %b1 : (!x, !w, !c) -> !x

    // before
    %1 = hvn.conv %x, %w pad [1, 1] groups 8 : (!x, tensor<8x1x3x3xf32, #oiyx>) -> !x
    %2 = hvn.add %x, %1 : (!x, !x) -> !x
    // after
    %one = hvn.reshape %constant : tensor<f32, #scalar> to tensor<1x1xf32, #yx>
    %tap = hvn.pad %one over #yx low [1, 1] high [1, 1] : (tensor<1x1xf32, #yx>) -> tensor<3x3xf32, #yx>
    %w1 = hvn.add %w, %tap : (tensor<8x1x3x3xf32, #oiyx>, tensor<3x3xf32, #yx>) -> tensor<8x1x3x3xf32, #oiyx>
    %2 = hvn.conv %x, %w1 pad [1, 1] groups 8 : (!x, tensor<8x1x3x3xf32, #oiyx>) -> !x
    ```
  }];
  let dependentDialects = ["::fovea::hvn::HvnDialect"];
}

def CheckSupportPass : Pass<"check-support", "::mlir::func::FuncOp"> {
  let summary = "Reports what no kernel exists for";
  let description = [{
    An error at the layer's place for: weights that are computed from inputs; an output that is an input, a parameter,
    or the same value as another output; a network called `weights`; anything that is no layer on tensors with named
    axes. Changes nothing.

    ```mlir
    // error: no kernel for weights that are computed from the network's inputs
    %1 = hvn.conv %x, %y : (tensor<1x8x4x4xf32, #nchw>, tensor<8x8x1x1xf32, #oiyx>) -> tensor<1x8x4x4xf32, #nchw>
    ```
  }];
}

//===----------------------------------------------------------------------===//
// Stage `kernels`: what runs together
//===----------------------------------------------------------------------===//

def AssignLayoutPass : Pass<"assign-layout", "::mlir::func::FuncOp"> {
  let summary = "Puts the channels of maps next to each other in memory";
  let description = [{
    Every tensor with the axes n, c, h, w that is no parameter gets the memory order n, h, w, c. The network's signature
    stays: `hvn.permute` stands where an input or output has another order. A reshape, which is about memory order,
    sees the order that was written down. What a merge of axes reads is permuted such that its result has its channels
    next to each other. A parameter that such a tensor is combined with is permuted.

    ```mlir
    // before
    func.func @f(%x: tensor<1x3x8x8xf32, #nchw>) -> tensor<1x3x8x8xf32, #nchw> {
      %0 = hvn.relu %x : tensor<1x3x8x8xf32, #nchw>
      return %0 : tensor<1x3x8x8xf32, #nchw>
    // after
    func.func @f(%x: tensor<1x3x8x8xf32, #nchw>) -> tensor<1x3x8x8xf32, #nchw> {
      %0 = hvn.permute %x : tensor<1x3x8x8xf32, #nchw> to tensor<1x8x8x3xf32, #nhwc>
      %1 = hvn.relu %0 : tensor<1x8x8x3xf32, #nhwc>
      %2 = hvn.permute %1 : tensor<1x8x8x3xf32, #nhwc> to tensor<1x3x8x8xf32, #nchw>
      return %2 : tensor<1x3x8x8xf32, #nchw>
    ```
  }];
  let dependentDialects = ["::fovea::hvn::HvnDialect"];
}

def FormKernelsPass : Pass<"form-kernels", "::mlir::ModuleOp"> {
  let summary = "Groups ops into kernels";
  let description = [{
    Each op that is no parameter goes into a `kern.func`; the network calls them. The rules:

    1. An anchor (`conv`, `linear`, `attention`, `mean`, `sum`, `moments`) opens a kernel.
    2. An elementwise op follows an operand into its kernel, when that operand is the kernel's result, has no other use,
       and has the shape of the op's result; the latest such kernel, if there are several. Other operands are read from
       memory. A result that several elementwise ops of its shape read, which all come together in one, as in
       `x * sigmoid(x)`, takes them all.
    3. An elementwise op left over is computed where it is used, when each use is elementwise on the same shape, or a
       `mean` or `sum`: always if there is one using kernel, in each of several if the op is cheap.
    4. What then is left over opens an elementwise kernel.
    5. A `linear` with one output channel continues the kernel of a depthwise `conv` whose result it alone reads.
    6. A padded dense `conv` continues the kernel of a padded dense `conv` with at most four input channels whose result
       it alone reads.
    7. A `linear` continues the kernel of a `linear` whose result it alone reads, as in a perceptron, if what is between
       them takes 2 MB or more, which no level-2 cache keeps, and their weights at most 512 kB. Networks of bounded
       sizes have no such kernels, nor is the result one whose `moments` are taken (rule 10).
    8. So does a `linear` behind or before a depthwise `conv` of at most nine taps, or both, as in an inverted bottleneck;
       each `linear` has at most 256 kB of weights.
    9. The permute of an input is an address computation in each kernel that reads it. A `permute` of a `contract`'s
       result that nothing else reads is the order in which its kernel stores it, unless a batch axis would be
       innermost. Other permutes and slices are as elementwise ops without rule 2. A reshape stays outside: it names the
       same bytes.
    10. `moments` of the result of a kernel that goes row by row (around a depthwise `conv`, or a `linear` on more than
        256 pixels) become a second result of that kernel.

    Arguments of a kernel are activations, then parameters, each in order of first use; constants are inside. A call's
    location holds those of the kernel's ops.

    With `fuse=false` each op has a kernel of its own.

    ```mlir
    // before
    %1 = hvn.linear %x, %w, %b : (!x, !w, !c) -> !x
    %2 = hvn.gelu %1 : !x
    // after
    %2 = kern.call @linear_gelu(%x, %w, %b) : (!x, !w, !c) -> !x
    kern.func @linear_gelu(%x: !x, %w: !w, %b: !c) -> !x {
      %0 = hvn.linear %x, %w, %b : (!x, !w, !c) -> !x
      %1 = hvn.gelu %0 : !x
      kern.return %1 : !x
    }
    ```
  }];
  let options = [Option<"fuse", "fuse", "bool", "true", "several ops in a kernel">];
  let dependentDialects = ["::fovea::hvn::HvnDialect", "::fovea::kern::KernDialect"];
}

def FlattenPixelsPass : Pass<"flatten-pixels", "::mlir::ModuleOp"> {
  let summary = "Makes the pixels one axis where a kernel treats them alike";
  let description = [{
    In a kernel of elementwise ops, `linear`, and reductions over the pixels, the axes n, h, w become one axis m, if
    each value has them all in full or all with size 1; else h, w become m, under the same condition. So do the tokens of
    an attention, those of keys and values with a number of their own. Calls reshape, which moves nothing.

    ```mlir
    // before
    %1 = kern.call @relu(%0) : (tensor<1x56x56x48xf32, #nhwc>) -> tensor<1x56x56x48xf32, #nhwc>
    // after
    %1 = hvn.reshape %0 : tensor<1x56x56x48xf32, #nhwc> to tensor<3136x48xf32, #mc>
    %2 = kern.call @relu(%1) : (tensor<3136x48xf32, #mc>) -> tensor<3136x48xf32, #mc>
    %3 = hvn.reshape %2 : tensor<3136x48xf32, #mc> to tensor<1x56x56x48xf32, #nhwc>
    ```
  }];
  let dependentDialects = ["::fovea::hvn::HvnDialect"];
}

def LowerPrecisionPass : Pass<"lower-precision", "::mlir::ModuleOp"> {
  let summary = "Makes the factors of products bf16";
  let description = [{
    A `linear`, and a `conv` that is dense or has groups of 16 outputs or a multiple of it, and an even number of inputs,
    multiply bf16 numbers: input and weight are rounded, to nearest, ties to even, before. All other arithmetic stays on
    f32, the sums of the products included, as does a `linear` to one channel. Of a single pixel only weights are
    rounded: gates and a network's results depend on it.

    A tensor that only such factors are read from is stored in bf16, rounded by the kernel that makes it; weights are
    rounded at compile time. Where others read it too, or it is an input or output of the network, it stays f32, and
    the kernel rounds what it reads.

    ```mlir
    // before
    %1 = kern.call @gelu(%x) : (!f32) -> !f32
    %2 = kern.call @linear(%1, %w) : (!f32, !wf32) -> !f32
    kern.func @linear(%x: !f32, %w: !wf32) -> !f32 {
      %0 = hvn.linear %x, %w : (!f32, !wf32) -> !f32
      kern.return %0 : !f32
    }
    // after
    %1 = kern.call @gelu(%x) : (!f32) -> !bf16
    %w1 = hvn.cast %w : !wf32 to !wbf16
    %2 = kern.call @linear(%1, %w1) : (!bf16, !wbf16) -> !f32
    kern.func @linear(%x: !bf16, %w: !wbf16) -> !f32 {
      %0 = hvn.cast %x : !bf16 to !f32
      %1 = hvn.cast %w : !wbf16 to !wf32
      %2 = hvn.linear %0, %1 : (!f32, !wf32) -> !f32
      kern.return %2 : !f32
    }
    ```
  }];
  let dependentDialects = ["::fovea::hvn::HvnDialect"];
}

def NarrowWeightsPass : Pass<"narrow-weights", "::mlir::ModuleOp"> {
  let summary = "Stores weights in f16";
  let description = [{
    A kernel's argument that gets an f32 parameter of more than one axis at each call becomes f16, rounded at compile
    time; the kernel widens what it reads, and computes in f32 as before. Vectors, biases and scales, stay f32: they are
    small, and each counts for a whole channel.

    ```mlir
    // before
    %1 = kern.call @linear(%x, %w) : (!x, !wf32) -> !x
    kern.func @linear(%x: !x, %w: !wf32) -> !x {
      %0 = hvn.linear %x, %w : (!x, !wf32) -> !x
      kern.return %0 : !x
    }
    // after
    %w1 = hvn.cast %w : !wf32 to !wf16
    %1 = kern.call @linear(%x, %w1) : (!x, !wf16) -> !x
    kern.func @linear(%x: !x, %w: !wf16) -> !x {
      %0 = hvn.cast %w : !wf16 to !wf32
      %1 = hvn.linear %x, %0 : (!x, !wf32) -> !x
      kern.return %1 : !x
    }
    ```
  }];
  let dependentDialects = ["::fovea::hvn::HvnDialect"];
}

def UnifySizesPass : Pass<"unify-sizes", "::mlir::ModuleOp"> {
  let summary = "Makes networks that differ in bounded sizes one";
  let description = [{
    A network with bounded sizes comes as several functions: one at the largest sizes, with the attribute `hvn.bounds`,
    and samples of it (`hvn.sample`) with fewer steps above the least. They must be the same but for shapes. Of each
    kernel the one at the largest sizes stays; how long its axes are at other sizes is found from the samples, as a
    polynomial of the numbers of steps.

    ```mlir
    // before
    func.func @net(%x: tensor<1x64xf32, #hvn.axes<n, w>>) -> ... attributes {
        hvn.bounds = [{least = 16, most = 64, name = "width", step = 16} ]} {
      %0 = kern.call @relu(%x) : ...
    func.func @net_1(%x: tensor<1x48xf32, #hvn.axes<n, w>>) -> ... attributes {hvn.sample = array<i64: 2>} {
      %0 = kern.call @relu_1(%x) : ...
    ...
    // after
    func.func @net(%x: tensor<1x64xf32, #hvn.axes<n, w>>) -> ...
      %0 = kern.call @relu(%x) : ...
    kern.func @relu(%x: tensor<1x64xf32, #hvn.axes<n, w>>) -> ... attributes {
        steps = array<i64: 3>, extents = [#kern.extent<"w" 64 affine_map<()[s0] -> (s0 * 16 + 16)>>]}
    ```
  }];
}

def DeduplicateKernelsPass : Pass<"deduplicate-kernels", "::mlir::ModuleOp"> {
  let summary = "Makes equal kernels one";
  let description = [{
    Two kernels are equal when signature, schedule, extents and body are; names and locations do not count. The first stays.

    ```mlir
    // before
    %1 = kern.call @relu(%0) : (!x) -> !x
    %2 = kern.call @relu_0(%1) : (!x) -> !x
    // after
    %1 = kern.call @relu(%0) : (!x) -> !x
    %2 = kern.call @relu(%1) : (!x) -> !x
    ```
  }];
}

def PackWeightsPass : Pass<"pack-weights", "::mlir::ModuleOp"> {
  let summary = "Orders weights as the kernels read them";
  let description = [{
    A kernel's argument that gets a parameter at each call is handed over as its op wants it (`hvn::PackInterface`):
    in panels of 16 output channels (`kern.pack`, undone by `kern.unpack` at the head of the kernel), or with the
    output channels innermost (`hvn.permute`). The kernel's body still says what is computed; its loads become address
    computations.

    ```mlir
    // before
    %1 = kern.call @linear(%x, %w) : (!x, tensor<220x48xf32, #oi>) -> !y
    // after
    %p = kern.pack %w panel 16 : tensor<220x48xf32, #oi> to tensor<14x48x16xf32, #pil>
    %1 = kern.call @linear(%x, %p) : (!x, tensor<14x48x16xf32, #pil>) -> !y
    ```
  }];
  let dependentDialects = ["::fovea::hvn::HvnDialect", "::fovea::kern::KernDialect"];
}

def OrderKernelsPass : Pass<"order-kernels", "::mlir::func::FuncOp"> {
  let summary = "Runs each kernel just before its result is needed";
  let description = [{
    From the last kernel to the first, a call moves down to the first one that reads its result, so that the result is
    still in the cache there. It stays where its operands are if they take more memory than the result and nothing else
    needs them until then.

    ```mlir
    // before
    %k = kern.call @key(%x) : (!x) -> !x
    %v = kern.call @value(%x) : (!x) -> !x
    %g = kern.call @gate(%k) : (!x) -> !x
    %1 = kern.call @product(%g, %v) : (!x, !x) -> !x
    // after
    %k = kern.call @key(%x) : (!x) -> !x
    %g = kern.call @gate(%k) : (!x) -> !x
    %v = kern.call @value(%x) : (!x) -> !x
    %1 = kern.call @product(%g, %v) : (!x, !x) -> !x
    ```
  }];
}

def OutlineWeightsPass : Pass<"outline-weights", "::mlir::ModuleOp"> {
  let summary = "Moves arithmetic on parameters into the function `weights`";
  let description = [{
    What kernels read of the parameters becomes the results of `@weights`, in order of first use, equal ones once: also
    those of several networks, which are one network at several sizes.

    ```mlir
    // before
    func.func @net(%x: !x) -> !x {
      %w = hvn.param "fc.weight" : tensor<48x48xf32, #oi>
      %p = kern.pack %w panel 16 : tensor<48x48xf32, #oi> to tensor<3x48x16xf32, #pil>
      %1 = kern.call @linear(%x, %p) : (!x, tensor<3x48x16xf32, #pil>) -> !x
      return %1 : !x
    }
    // after
    func.func @net(%x: !x) -> !x {
      %p = kern.weight 0 : tensor<3x48x16xf32, #pil>
      %1 = kern.call @linear(%x, %p) : (!x, tensor<3x48x16xf32, #pil>) -> !x
      return %1 : !x
    }
    func.func private @weights() -> tensor<3x48x16xf32, #pil> {
      %w = hvn.param "fc.weight" : tensor<48x48xf32, #oi>
      %p = kern.pack %w panel 16 : tensor<48x48xf32, #oi> to tensor<3x48x16xf32, #pil>
      return %p : tensor<3x48x16xf32, #pil>
    }
    ```
  }];
  let dependentDialects = ["::mlir::func::FuncDialect", "::fovea::kern::KernDialect"];
}

//===----------------------------------------------------------------------===//
// Stage `host`: where it lives, when it runs
//===----------------------------------------------------------------------===//

def PlanMemoryPass : Pass<"plan-memory", "::mlir::ModuleOp"> {
  let summary = "Gives values places in memory";
  let description = [{
    The network becomes a `kern.program`. Inputs and outputs are the caller's memory; weights lie one after the other;
    every other value lies in the arena from the call that writes it to the last call that reads it. Values that live
    at the same time do not overlap, those of one call included. The largest is placed first, at the lowest free offset.
    A reshape is another name of a place. All offsets are multiples of 64 bytes. The program's attribute
    `lower_bound_bytes` is the most that is alive in the arena at one call: no plan needs less. A network's attribute
    `hvn.size`, the value of the parameter that it is one of several for, becomes the program's `size`.

    With `reuse=false` each value has a place of its own: the second opinion when a plan is doubted.

    ```mlir
    // before
    func.func @net(%x: !x {hvn.name = "x"}) -> (!x {hvn.name = "y"}) {
      %1 = kern.call @relu(%x) : (!x) -> !x
      %2 = kern.call @gelu(%1) : (!x) -> !x
      return %2 : !x
    }
    // after
    kern.program @net arena 128 weights 0 inputs [{name = "x", type = !x} ] outputs [{name = "y", type = !x} ]
        attributes {lower_bound_bytes = 128 : i64} {
      %0 = kern.buffer input 0 : memref<2x16xf32>
      %1 = kern.buffer arena 0 : memref<2x16xf32>
      kern.launch @relu(%0) to (%1) : (memref<2x16xf32>) to (memref<2x16xf32>)
      %2 = kern.buffer output 0 : memref<2x16xf32>
      kern.launch @gelu(%1) to (%2) : (memref<2x16xf32>) to (memref<2x16xf32>)
    }
    ```
  }];
  let options = [Option<"reuse", "reuse", "bool", "true", "values that never meet share memory">];
  let dependentDialects = ["::fovea::kern::KernDialect"];
}

#endif
