// Attention layers.
#ifndef FOVEA_HVN_ATTENTION
#define FOVEA_HVN_ATTENTION

include "dialect/HvnBase.td"

def Hvn_AttentionOp : Hvn_InferredOp<"attention",
    [Anchor, DeclareOpInterfaceMethods<LayerInterface>, DeclareOpInterfaceMethods<WorkInterface>]> {
  let summary = "softmax attention of queries over keys and values, head by head";
  let description = [{
    Tokens are the places on all axes but n and c; the keys' axes may have other names and sizes than the queries'. A
    head is `c / heads` neighbouring channels of each operand. For each head and query token
    `result = sum over t of softmax(scale * q . k(t)) v(t)` (Vaswani et al., arXiv 1706.03762, eq. 1).
    Constraints: (C1) all operands have the axes n and c and at least one more; (C2) n is the same, keys and values
    have the same tokens, queries and keys the same channels; (C3) `heads` is positive and divides the channels.

    ```mlir
    %1 = hvn.attention %q, %k, %v heads 2 scale 2.500000e-01
       : (tensor<1x32x56x56xf32, #hvn.axes<n, c, h, w>>, tensor<1x32x7x7xf32, #hvn.axes<n, c, h, w>>,
          tensor<1x32x7x7xf32, #hvn.axes<n, c, h, w>>) -> tensor<1x32x56x56xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
  let arguments = (ins Hvn_Tensor:$query, Hvn_Tensor:$key, Hvn_Tensor:$value, I64Attr:$heads, F64Attr:$scale);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = [{
    $query `,` $key `,` $value `heads` $heads `scale` $scale attr-dict `:` functional-type(operands, results)
  }];
  let extraClassDeclaration = [{
    /// Tokens in `type`: its elements for one image and channel.
    static int64_t countTokens(mlir::RankedTensorType type);
    llvm::SmallVector<Tensor> magnitude(llvm::ArrayRef<const Tensor *> operands);
  }];
}

#endif
