// The ops of the kern dialect.
#ifndef FOVEA_KERN_OPS
#define FOVEA_KERN_OPS

include "dialect/HvnBase.td"
include "dialect/KernDialect.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/CallInterfaces.td"
include "mlir/Interfaces/FunctionInterfaces.td"

class Kern_Op<string mnemonic, list<Trait> traits = []> : Op<KernDialect, mnemonic, traits>;

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

def Kern_FuncOp : Kern_Op<"func", [FunctionOpInterface, IsolatedFromAbove, Symbol]> {
  let summary = "a kernel";
  let description = [{
    The body is hvn ops on the kernel's arguments, closed by `kern.return`. Once scheduled, the attribute `schedule`
    names the strategy that builds its loops.

    A kernel of a network with bounded sizes is called with a number of steps for each; `steps` has the largest, and
    `extents` the axes that depend on them.

    ```mlir
    kern.func @relu(%x: tensor<48x16xf32, #hvn.axes<m, c>>) -> tensor<48x16xf32, #hvn.axes<m, c>>
        attributes {schedule = #kern.schedule<"pointwise" {vector = 16}>} {
      %0 = hvn.relu %x : tensor<48x16xf32, #hvn.axes<m, c>>
      kern.return %0 : tensor<48x16xf32, #hvn.axes<m, c>>
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttrOf<FunctionType>:$function_type,
                       OptionalAttr<Kern_ScheduleAttr>:$schedule, OptionalAttr<DenseI64ArrayAttr>:$steps,
                       OptionalAttr<TypedArrayAttrBase<Kern_ExtentAttr, "extents">>:$extents,
                       OptionalAttr<StrAttr>:$sym_visibility,
                       OptionalAttr<DictArrayAttr>:$arg_attrs, OptionalAttr<DictArrayAttr>:$res_attrs);
  let regions = (region SizedRegion<1>:$body);
  let extraClassDeclaration = [{
    mlir::ArrayRef<mlir::Type> getArgumentTypes() { return getFunctionType().getInputs(); }
    mlir::ArrayRef<mlir::Type> getResultTypes() { return getFunctionType().getResults(); }
    mlir::Region *getCallableRegion() { return &getBody(); }
    /// Floating-point operations of one run.
    double getFlops();
    /// Bytes of all arguments and results.
    int64_t getBytes();
  }];
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
}

def Kern_ReturnOp : Kern_Op<"return", [Pure, Terminator, HasParent<"FuncOp">]> {
  let summary = "the results of a kernel";
  let description = [{
    ```mlir
    kern.return %0 : tensor<48x16xf32, #hvn.axes<m, c>>
    ```
  }];
  let arguments = (ins Variadic<Hvn_Tensor>:$results);
  let assemblyFormat = "attr-dict ($results^ `:` type($results))?";
  let hasVerifier = 1;
}

def Kern_CallOp : Kern_Op<"call", [Pure, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "a run of a kernel, on values";
  let description = [{
    ```mlir
    %1 = kern.call @relu(%0) : (tensor<48x16xf32, #hvn.axes<m, c>>) -> tensor<48x16xf32, #hvn.axes<m, c>>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$callee, Variadic<Hvn_Tensor>:$operands);
  let results = (outs Variadic<Hvn_Tensor>:$results);
  let assemblyFormat = "$callee `(` $operands `)` attr-dict `:` functional-type(operands, results)";
}

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

def Kern_PackOp : Kern_Op<"pack", [Pure, DeclareOpInterfaceMethods<ReferenceInterface>]> {
  let summary = "a weight in the order in which kernels read it";
  let description = [{
    With `panel` = 16 the first axis (output channels) is cut into panels of 16, which become the outermost and the
    innermost axis: `o, i` becomes `p, i, l` with o = 16 p + l; `o, i, y, x` becomes `p, y, x, i, l`. The last panel
    is filled up with zeros. Of bf16 weights two input channels stand side by side, as the instructions that multiply
    pairs want them: `o, i` becomes `p, i, l, b` with i = 2 i' + b, filled up with a zero. Every kernel of an element
    type reads this one packing, whatever its tiles and its target.

    ```mlir
    %1 = kern.pack %0 panel 16 : tensor<220x48xf32, #hvn.axes<o, i>> to tensor<14x48x16xf32, #hvn.axes<p, i, l>>
    %3 = kern.pack %2 panel 16 : tensor<220x48xbf16, #hvn.axes<o, i>> to tensor<14x24x16x2xbf16, #hvn.axes<p, i, l, b>>
    ```
  }];
  let arguments = (ins Hvn_Tensor:$input, ConfinedAttr<I64Attr, [IntPositive]>:$panel);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = "$input `panel` $panel attr-dict `:` type($input) `to` type($result)";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// Input channels of a weight of `type` that stand side by side when it is packed.
    static int64_t inputsTogether(mlir::RankedTensorType type);
    /// The packed type of `type`.
    static mlir::RankedTensorType packedType(mlir::RankedTensorType type, int64_t panel);
  }];
}

def Kern_UnpackOp : Kern_Op<"unpack", [Pure, DeclareOpInterfaceMethods<ReferenceInterface>]> {
  let summary = "the weight behind its packing";
  let description = [{
    The inverse of `kern.pack`. Stands at the head of a kernel, which so reads packed weights by an address
    computation.

    ```mlir
    %1 = kern.unpack %0 panel 16 : tensor<14x48x16xf32, #hvn.axes<p, i, l>> to tensor<220x48xf32, #hvn.axes<o, i>>
    ```
  }];
  let arguments = (ins Hvn_Tensor:$input, ConfinedAttr<I64Attr, [IntPositive]>:$panel);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = "$input `panel` $panel attr-dict `:` type($input) `to` type($result)";
  let hasVerifier = 1;
}

def Kern_WeightOp : Kern_Op<"weight", [Pure]> {
  let summary = "a result of the function `weights`";
  let description = [{
    Parameter arithmetic is outlined into the function `@weights`, evaluated at compile time; this is its result
    number `index`.

    ```mlir
    %w = kern.weight 3 : tensor<14x48x16xf32, #hvn.axes<p, i, l>>
    ```
  }];
  let arguments = (ins ConfinedAttr<I64Attr, [IntNonNegative]>:$index);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = "$index attr-dict `:` type($result)";
}

//===----------------------------------------------------------------------===//
// Host program
//===----------------------------------------------------------------------===//

def Kern_ProgramOp : Kern_Op<"program", [Symbol, NoTerminator, SingleBlock, NoRegionArguments]> {
  let summary = "the network as launches on one arena";
  let description = [{
    `inputs` and `outputs` are a dictionary each: `name` and `type`, in the caller's order and layout. Offsets of
    buffers are in bytes, multiples of 64.

    ```mlir
    kern.program @net arena 4096 weights 128 inputs [{name = "x", type = tensor<1x2xf32, #hvn.axes<n, c>>} ]
        outputs [{name = "y", type = tensor<1x2xf32, #hvn.axes<n, c>>} ] {
      %0 = kern.buffer input 0 : memref<1x2xf32>
      %1 = kern.buffer output 0 : memref<1x2xf32>
      kern.launch @relu(%0) to (%1) : (memref<1x2xf32>) to (memref<1x2xf32>)
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, I64Attr:$arena_bytes, I64Attr:$weight_bytes,
                       DictArrayAttr:$inputs, DictArrayAttr:$outputs);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $sym_name `arena` $arena_bytes `weights` $weight_bytes `inputs` $inputs `outputs` $outputs
    attr-dict-with-keyword $body
  }];
}

def Kern_BufferOp : Kern_Op<"buffer", [Pure]> {
  let summary = "a place in memory";
  let description = [{
    `at` is the number of an input or output, or the byte offset in the weights or the arena.

    ```mlir
    %0 = kern.buffer arena 4096 : memref<1x56x56x48xf32>
    ```
  }];
  let arguments = (ins Kern_SpaceAttr:$space, I64Attr:$at);
  let results = (outs AnyStaticShapeMemRef:$result);
  let assemblyFormat = "$space $at attr-dict `:` type($result)";
}

def Kern_LaunchOp : Kern_Op<"launch", [AttrSizedOperandSegments, HasParent<"ProgramOp">,
                                       DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "a run of a kernel, on memory";
  let description = [{
    ```mlir
    kern.launch @relu(%0) to (%1) : (memref<48x16xf32>) to (memref<48x16xf32>)
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$callee, Variadic<AnyMemRef>:$inputs, Variadic<AnyMemRef>:$outputs);
  let assemblyFormat = [{
    $callee `(` $inputs `)` `to` ` ` `(` $outputs `)` attr-dict `:` `(` type($inputs) `)` `to` ` ` `(` type($outputs) `)`
  }];
}

def Kern_ImageOp : Kern_Op<"image", [HasParent<"ProgramOp">]> {
  let summary = "an image of the caller's, made a tensor in memory";
  let description = [{
    What `hvn.from_image` says with the same arguments, done by the runtime. `input` is the number of the program's
    input, an image, of which there is no buffer: its height and width come with each call. The scratch memory has the
    bytes that the largest image takes.

    ```mlir
    kern.image 0 to %0 scratch %1 size [2, 2] resize [] filter "bilinear" mean [0.0, 0.0, 0.0] std [1.0, 1.0, 1.0]
       order "rgb" : memref<1x2x2x3xf32>, memref<1024xf32>
    ```
  }];
  let arguments = !con((ins I64Attr:$input, AnyStaticShapeMemRef:$result, AnyStaticShapeMemRef:$scratch),
                       imageArguments);
  let assemblyFormat = [{
    $input `to` $result `scratch` $scratch `size` $size `resize` $resize `filter` $filter `mean` $mean `std` $std
    `order` $order attr-dict `:` type($result) `,` type($scratch)
  }];
}

#endif
