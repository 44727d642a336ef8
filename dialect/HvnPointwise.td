// Elementwise layers. Operands broadcast by axis name: an axis that one operand lacks, or has with size 1, is repeated.
#ifndef FOVEA_HVN_POINTWISE
#define FOVEA_HVN_POINTWISE

include "dialect/HvnBase.td"

class Hvn_UnaryOp<string mnemonic, list<Trait> traits = []> : Hvn_InferredOp<mnemonic, !listconcat(
    [Pointwise, DeclareOpInterfaceMethods<LayerInterface>, DeclareOpInterfaceMethods<WorkInterface>], traits)> {
  let arguments = (ins Hvn_Tensor:$input);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}

class Hvn_BinaryOp<string mnemonic, list<Trait> traits = []> : Hvn_InferredOp<mnemonic, !listconcat(
    [Pointwise, Cheap, DeclareOpInterfaceMethods<WorkInterface>], traits)> {
  let arguments = (ins Hvn_Tensor:$lhs, Hvn_Tensor:$rhs);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
}

def Hvn_ReluOp : Hvn_UnaryOp<"relu", [Cheap]> {
  let summary = "max(x, 0)";
  let description = [{
    NaN stays NaN.

    ```mlir
    %1 = hvn.relu %0 : tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
  let hasFolder = 1;
}

def Hvn_GeluOp : Hvn_UnaryOp<"gelu"> {
  let summary = "Gaussian error linear unit, exact: x/2 (1 + erf(x / sqrt 2))";
  let description = [{
    Hendrycks and Gimpel, arXiv 1606.08415; the form with erf, not the tanh approximation. gelu(-inf) = 0,
    gelu(+inf) = +inf, NaN stays NaN.

    ```mlir
    %1 = hvn.gelu %0 : tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
  let extraClassDeclaration = declareMagnitude;
}

def Hvn_SigmoidOp : Hvn_UnaryOp<"sigmoid"> {
  let summary = "1 / (1 + exp(-x))";
  let description = [{
    ```mlir
    %1 = hvn.sigmoid %0 : tensor<1x1x56x56xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
  let extraClassDeclaration = declareMagnitude;
}

def Hvn_RsqrtOp : Hvn_UnaryOp<"rsqrt"> {
  let summary = "1 / sqrt(x)";
  let description = [{
    Appears where a normalization is folded into the parameters around it.

    ```mlir
    %1 = hvn.rsqrt %0 : tensor<48xf32, #hvn.axes<c>>
    ```
  }];
}

def Hvn_AddOp : Hvn_BinaryOp<"add", [Commutative]> {
  let summary = "lhs + rhs";
  let description = [{
    ```mlir
    %2 = hvn.add %0, %1 : (tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>, tensor<48xf32, #hvn.axes<c>>)
                        -> tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
}

def Hvn_SubOp : Hvn_BinaryOp<"sub"> {
  let summary = "lhs - rhs";
  let description = [{
    ```mlir
    %2 = hvn.sub %0, %1 : (tensor<48xf32, #hvn.axes<c>>, tensor<48xf32, #hvn.axes<c>>) -> tensor<48xf32, #hvn.axes<c>>
    ```
  }];
  let extraClassDeclaration = declareMagnitude;
}

def Hvn_MulOp : Hvn_BinaryOp<"mul", [Commutative]> {
  let summary = "lhs * rhs";
  let description = [{
    ```mlir
    %2 = hvn.mul %0, %1 : (tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>, tensor<1x1x56x56xf32, #hvn.axes<n, c, h, w>>)
                        -> tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
}

#endif
