// Attention layers.
#ifndef FOVEA_HVN_ATTENTION
#define FOVEA_HVN_ATTENTION

include "dialect/HvnBase.td"

def Hvn_AttentionOp : Hvn_InferredOp<"attention",
    [Anchor, AttrSizedOperandSegments, DeclareOpInterfaceMethods<LayerInterface>,
     DeclareOpInterfaceMethods<WorkInterface>]> {
  let summary = "attention of queries over keys and values, head by head";
  let description = [{
    Tokens are the places on the axes `queries` of the queries and `keys` of the keys and values, numbered with the first
    axis outermost, whatever the memory order; the two may have other names and sizes. The axes beside them and c are the
    batch: what differs there does not see each other. A head is `c / heads` neighbouring channels of each operand. For
    each head and query token `result = sum over t of softmax(s)(t) v(t)`, with the scores
    `s(t) = scale * q . k(t) + bias` (Vaswani et al., arXiv 1706.03762, eq. 1). With `scores "relu"` it is
    `sum over t of max(s(t), 0) v(t)`.

    `bias` is a tensor on any of the batch axes and of `head`, `q` (query tokens) and `k` (key tokens). `regions` is a
    tensor on any of the batch and token axes, a number for each token: two of different numbers get -100 added to their
    score (Liu et al., Swin, arXiv 2103.14030, section 3.2). A row with a score that is NaN or +Inf, or whose scores are
    all -Inf, is NaN, as that of torch.softmax. A weight below 2^-126 is 0.

    Constraints: (C1) queries, keys and values have the axis c and those of `queries` and `keys`, of which there is at
    least one each; (C2) they have the same other axes, of the same sizes; (C3) keys and values have the same tokens,
    queries and keys the same channels; (C4) `heads` is positive and divides the channels; (C5) the axes of `bias` are as
    said, of those sizes or 1, and no batch axis has one of its three names; (C6) with `regions` queries and keys have the
    same tokens, and the axes of `regions` are as said, of those sizes or 1; (C7) `scores` is "softmax" or "relu".

    ```mlir
    %1 = hvn.attention %q, %k, %v heads 2 scale 2.500000e-01 queries <h, w> keys <t>
       : (tensor<1x32x56x56xf32, #hvn.axes<n, c, h, w>>, tensor<1x32x49xf32, #hvn.axes<n, c, t>>,
          tensor<1x32x49xf32, #hvn.axes<n, c, t>>) -> tensor<1x32x56x56xf32, #hvn.axes<n, c, h, w>>
    %2 = hvn.attention %x, %y, %z bias %b regions %r heads 3 scale 0.25 queries <h, w> keys <h, w>
       : (tensor<1x2x2x7x7x48xf32, #hvn.axes<n, a, b, h, w, c>>, tensor<1x2x2x7x7x48xf32, #hvn.axes<n, a, b, h, w, c>>,
          tensor<1x2x2x7x7x48xf32, #hvn.axes<n, a, b, h, w, c>>, tensor<3x49x49xf32, #hvn.axes<head, q, k>>,
          tensor<2x2x7x7xf32, #hvn.axes<a, b, h, w>>) -> tensor<1x2x2x7x7x48xf32, #hvn.axes<n, a, b, h, w, c>>
    ```
  }];
  let arguments = (ins Hvn_Tensor:$query, Hvn_Tensor:$key, Hvn_Tensor:$value, Optional<Hvn_Tensor>:$bias,
                       Optional<Hvn_Tensor>:$regionIds, I64Attr:$heads, F64Attr:$scale,
                       DefaultValuedAttr<StrAttr, "\"softmax\"">:$scores, Hvn_AxesAttr:$queries, Hvn_AxesAttr:$keys);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = [{
    $query `,` $key `,` $value (`bias` $bias^)? (`regions` $regionIds^)? `heads` $heads `scale` $scale
    (`scores` $scores^)? `queries` $queries `keys` $keys attr-dict `:` functional-type(operands, results)
  }];
  let extraClassDeclaration = [{
    /// What regions of their own cost two tokens.
    static constexpr double otherRegion = -100;
    /// Numbers of tokens.
    int64_t countQueries();
    int64_t countKeys();
    /// The batch axes, in the queries' memory order.
    llvm::SmallVector<llvm::StringRef> getBatch();
    bool isSoftmax() { return getScores() == "softmax"; }
    llvm::SmallVector<Tensor> magnitude(llvm::ArrayRef<const Tensor *> operands);
  }];
}

def Hvn_LinearAttentionOp : Hvn_InferredOp<"linear_attention",
    [DeclareOpInterfaceMethods<LayerInterface>, DeclareOpInterfaceMethods<WorkInterface>]> {
  let summary = "attention without softmax, in time linear in the tokens";
  let description = [{
    Tokens, batch and heads are those of `attention`. For each head and query token the result is
    `q . (sum over t of k(t) v(t)^T)`, with `normalize` divided by `q . (sum over t of k(t)) + eps` (Katharopoulos et
    al., arXiv 2006.16236, eq. 5). Feature maps are applied to queries and keys before. Canonicalization makes it
    `contract`, `sum` and a division.
    Constraints: (C1) queries, keys and values have the axis c and those of `queries` and `keys`, of which there is at
    least one each; (C2) they have the same other axes, of the same sizes; (C3) keys and values have the same tokens,
    queries and keys the same channels; (C4) `heads` is positive and divides the channels.

    ```mlir
    %1 = hvn.linear_attention %q, %k, %v heads 2 normalize true eps 1.000000e-06 queries <h, w> keys <h, w>
       : (tensor<1x32x56x56xf32, #hvn.axes<n, c, h, w>>, tensor<1x32x56x56xf32, #hvn.axes<n, c, h, w>>,
          tensor<1x32x56x56xf32, #hvn.axes<n, c, h, w>>) -> tensor<1x32x56x56xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
  let arguments = (ins Hvn_Tensor:$query, Hvn_Tensor:$key, Hvn_Tensor:$value, I64Attr:$heads, BoolAttr:$normalize,
                       F64Attr:$eps, Hvn_AxesAttr:$queries, Hvn_AxesAttr:$keys);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = [{
    $query `,` $key `,` $value `heads` $heads `normalize` $normalize `eps` $eps `queries` $queries `keys` $keys
    attr-dict `:` functional-type(operands, results)
  }];
  let hasCanonicalizer = 1;
}

#endif
