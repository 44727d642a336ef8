// Products of two tensors that are summed over axes.
#ifndef FOVEA_HVN_CONTRACT
#define FOVEA_HVN_CONTRACT

include "dialect/HvnBase.td"

def Hvn_ContractOp : Hvn_InferredOp<"contract",
    [Anchor, DeclareOpInterfaceMethods<LayerInterface>, DeclareOpInterfaceMethods<WorkInterface>]> {
  let summary = "the sum of lhs * rhs over the axes `over`, as an einsum";
  let description = [{
    Axes of both operands that are not in `over` are the batch. The result has them, as they come in `lhs`, then the
    other axes of `lhs`, then those of `rhs`: of [n, q, d] and [n, k, d] over d it is [n, q, k], as
    torch.einsum("nqd,nkd->nqk").
    Constraints: (C1) both have every axis of `over`, of which there is at least one; (C2) axes of both have the same
    sizes.

    ```mlir
    %2 = hvn.contract %0, %1 over <d>
       : (tensor<1x49x32xf32, #hvn.axes<n, q, d>>, tensor<1x64x32xf32, #hvn.axes<n, k, d>>)
      -> tensor<1x49x64xf32, #hvn.axes<n, q, k>>
    ```
  }];
  let arguments = (ins Hvn_Tensor:$lhs, Hvn_Tensor:$rhs, Hvn_AxesAttr:$over);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = "$lhs `,` $rhs `over` $over attr-dict `:` functional-type(operands, results)";
  let extraClassDeclaration = [{
    /// Axes of both operands that stay, as they come in lhs.
    llvm::SmallVector<llvm::StringRef> getBatch();
    /// Axes of operand `number` that the other one lacks.
    llvm::SmallVector<llvm::StringRef> getOwn(unsigned number);
    /// How many products go into an element.
    int64_t countTerms();
  }];
}

#endif
