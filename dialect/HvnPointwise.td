// Elementwise layers. Operands broadcast by axis name: an axis that one operand lacks, or has with size 1, is repeated.
#ifndef FOVEA_HVN_POINTWISE
#define FOVEA_HVN_POINTWISE

include "dialect/HvnBase.td"

/// `numbers` are attributes beside the operand, spelled by `format`.
class Hvn_UnaryOp<string mnemonic, list<Trait> traits = [], dag numbers = (ins), string format = "">
    : Hvn_InferredOp<mnemonic, !listconcat(
    [Pointwise, DeclareOpInterfaceMethods<LayerInterface>, DeclareOpInterfaceMethods<WorkInterface>], traits)> {
  let arguments = !con((ins Hvn_Tensor:$input), numbers);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = "$input " # format # " attr-dict `:` type($input)";
}

class Hvn_BinaryOp<string mnemonic, list<Trait> traits = []> : Hvn_InferredOp<mnemonic, !listconcat(
    [Pointwise, DeclareOpInterfaceMethods<WorkInterface>], traits)> {
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

def Hvn_GeluTanhOp : Hvn_UnaryOp<"gelu_tanh"> {
  let summary = "Gaussian error linear unit, approximated: x/2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))";
  let description = [{
    Hendrycks and Gimpel, arXiv 1606.08415; torch.nn.functional.gelu with approximate="tanh". gelu_tanh(-inf) = 0.

    ```mlir
    %1 = hvn.gelu_tanh %0 : tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
  let extraClassDeclaration = declareMagnitude;
}

def Hvn_QuickGeluOp : Hvn_UnaryOp<"quick_gelu"> {
  let summary = "x / (1 + exp(-1.702 x))";
  let description = [{
    The sigmoid approximation of GELU. quick_gelu(-inf) = 0.

    ```mlir
    %1 = hvn.quick_gelu %0 : tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
  let extraClassDeclaration = declareMagnitude;
}

def Hvn_SiluOp : Hvn_UnaryOp<"silu"> {
  let summary = "x / (1 + exp(-x))";
  let description = [{
    Also called Swish: Elfwing et al., arXiv 1702.03118. silu(-inf) = 0, the limit.

    ```mlir
    %1 = hvn.silu %0 : tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
  let extraClassDeclaration = declareMagnitude;
}

def Hvn_MishOp : Hvn_UnaryOp<"mish"> {
  let summary = "x tanh(log(1 + exp(x)))";
  let description = [{
    Misra, arXiv 1908.08681. mish(-inf) = 0, the limit.

    ```mlir
    %1 = hvn.mish %0 : tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
  let extraClassDeclaration = declareMagnitude;
}

def Hvn_SoftplusOp : Hvn_UnaryOp<"softplus"> {
  let summary = "log(1 + exp(x))";
  let description = [{
    As torch.nn.functional.softplus with beta 1, whose threshold changes nothing in f32.

    ```mlir
    %1 = hvn.softplus %0 : tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
  let extraClassDeclaration = declareMagnitude;
}

def Hvn_HardSigmoidOp : Hvn_UnaryOp<"hard_sigmoid", [Cheap]> {
  let summary = "x / 6 + 1/2, at least 0 and at most 1";
  let description = [{
    relu6(x + 3) / 6: Howard et al., arXiv 1905.02244. NaN stays NaN.

    ```mlir
    %1 = hvn.hard_sigmoid %0 : tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
  let extraClassDeclaration = declareMagnitude;
}

def Hvn_HardSwishOp : Hvn_UnaryOp<"hard_swish", [Cheap]> {
  let summary = "x relu6(x + 3) / 6";
  let description = [{
    Howard et al., arXiv 1905.02244. NaN stays NaN; hard_swish(-inf) = 0, the limit.

    ```mlir
    %1 = hvn.hard_swish %0 : tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
  let extraClassDeclaration = declareMagnitude;
}

def Hvn_Relu6Op : Hvn_UnaryOp<"relu6", [Cheap]> {
  let summary = "x, at least 0 and at most 6";
  let description = [{
    NaN stays NaN.

    ```mlir
    %1 = hvn.relu6 %0 : tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
  let extraClassDeclaration = declareMagnitude;
}

def Hvn_ClampOp : Hvn_UnaryOp<"clamp", [Cheap], (ins F64Attr:$low, F64Attr:$high), "`low` $low `high` $high"> {
  let summary = "x, at least low and at most high";
  let description = [{
    As torch.clamp; NaN stays NaN. A limit may be infinite.
    Constraint: (C1) low is at most high; neither is NaN.

    ```mlir
    %1 = hvn.clamp %0 low 0.000000e+00 high 6.000000e+00 : tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = declareMagnitude;
}

def Hvn_LeakyReluOp : Hvn_UnaryOp<"leaky_relu", [Cheap], (ins F64Attr:$slope), "`slope` $slope"> {
  let summary = "x, for negative x times slope";
  let description = [{
    As torch.nn.functional.leaky_relu; NaN stays NaN.
    Constraint: (C1) slope is finite.

    ```mlir
    %1 = hvn.leaky_relu %0 slope 1.000000e-02 : tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = declareMagnitude;
}

def Hvn_EluOp : Hvn_UnaryOp<"elu", [], (ins F64Attr:$alpha), "`alpha` $alpha"> {
  let summary = "x, for negative x alpha (exp(x) - 1)";
  let description = [{
    Clevert et al., arXiv 1511.07289.
    Constraint: (C1) alpha is finite.

    ```mlir
    %1 = hvn.elu %0 alpha 1.000000e+00 : tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = declareMagnitude;
}

def Hvn_CeluOp : Hvn_UnaryOp<"celu", [], (ins F64Attr:$alpha), "`alpha` $alpha"> {
  let summary = "max(x, 0) + min(alpha (exp(x / alpha) - 1), 0)";
  let description = [{
    Barron, arXiv 1704.07483.
    Constraint: (C1) alpha is positive and finite.

    ```mlir
    %1 = hvn.celu %0 alpha 1.000000e+00 : tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = declareMagnitude;
}

def Hvn_SeluOp : Hvn_UnaryOp<"selu"> {
  let summary = "s x, for negative x s a (exp(x) - 1), with s = 1.0507 and a = 1.67326";
  let description = [{
    Klambauer et al., arXiv 1706.02515, where s and a have more digits.

    ```mlir
    %1 = hvn.selu %0 : tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
  let extraClassDeclaration = declareMagnitude;
}

def Hvn_TanhOp : Hvn_UnaryOp<"tanh"> {
  let summary = "the hyperbolic tangent";
  let description = [{

    ```mlir
    %1 = hvn.tanh %0 : tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
  let extraClassDeclaration = declareMagnitude;
}

def Hvn_ErfOp : Hvn_UnaryOp<"erf"> {
  let summary = "the error function";
  let description = [{

    ```mlir
    %1 = hvn.erf %0 : tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
  let extraClassDeclaration = declareMagnitude;
}

def Hvn_ExpOp : Hvn_UnaryOp<"exp"> {
  let summary = "e^x";
  let description = [{
    Results below the smallest normal number may be 0.

    ```mlir
    %1 = hvn.exp %0 : tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
}

def Hvn_LogOp : Hvn_UnaryOp<"log"> {
  let summary = "the natural logarithm";
  let description = [{
    log(0) = -inf; NaN for negative x.

    ```mlir
    %1 = hvn.log %0 : tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
  let extraClassDeclaration = declareMagnitude;
}

def Hvn_SqrtOp : Hvn_UnaryOp<"sqrt"> {
  let summary = "the square root";
  let description = [{
    NaN for negative x.

    ```mlir
    %1 = hvn.sqrt %0 : tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
}

def Hvn_AbsOp : Hvn_UnaryOp<"abs", [Cheap]> {
  let summary = "|x|";
  let description = [{

    ```mlir
    %1 = hvn.abs %0 : tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
}

def Hvn_PreluOp : Hvn_InferredOp<"prelu",
    [Pointwise, Cheap, DeclareOpInterfaceMethods<LayerInterface>, DeclareOpInterfaceMethods<WorkInterface>]> {
  let summary = "x, for negative x times a learned slope";
  let description = [{
    He et al., arXiv 1502.01852, as torch.nn.PReLU; NaN stays NaN.
    Constraint: (C1) the weight has the one axis c, of the input's size or 1.

    ```mlir
    %1 = hvn.prelu %0, %weight : tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>, tensor<48xf32, #hvn.axes<c>>
    ```
  }];
  let arguments = (ins Hvn_Tensor:$input, Hvn_Tensor:$weight);
  let results = (outs Hvn_Tensor:$result);
  let assemblyFormat = "$input `,` $weight attr-dict `:` type($input) `,` type($weight)";
  let extraClassDeclaration = declareMagnitude;
}

def Hvn_AddOp : Hvn_BinaryOp<"add", [Cheap, Commutative]> {
  let summary = "lhs + rhs";
  let description = [{
    ```mlir
    %2 = hvn.add %0, %1 : (tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>, tensor<48xf32, #hvn.axes<c>>)
                        -> tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
}

def Hvn_SubOp : Hvn_BinaryOp<"sub", [Cheap]> {
  let summary = "lhs - rhs";
  let description = [{
    ```mlir
    %2 = hvn.sub %0, %1 : (tensor<48xf32, #hvn.axes<c>>, tensor<48xf32, #hvn.axes<c>>) -> tensor<48xf32, #hvn.axes<c>>
    ```
  }];
  let extraClassDeclaration = declareMagnitude;
}

def Hvn_MulOp : Hvn_BinaryOp<"mul", [Cheap, Commutative]> {
  let summary = "lhs * rhs";
  let description = [{
    ```mlir
    %2 = hvn.mul %0, %1 : (tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>, tensor<1x1x56x56xf32, #hvn.axes<n, c, h, w>>)
                        -> tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
}

class Hvn_BinaryLayer<string mnemonic, list<Trait> traits = []>
    : Hvn_BinaryOp<mnemonic, !listconcat([DeclareOpInterfaceMethods<LayerInterface>], traits)>;

def Hvn_DivOp : Hvn_BinaryLayer<"div"> {
  let summary = "lhs / rhs";
  let description = [{
    In a `.net` file `a / b`. By a parameter it becomes a product with the inverse.

    ```mlir
    %2 = hvn.div %0, %1 : (tensor<1x49x48xf32, #hvn.axes<n, t, c>>, tensor<1x49x1xf32, #hvn.axes<n, t, c>>)
                        -> tensor<1x49x48xf32, #hvn.axes<n, t, c>>
    ```
  }];
}

def Hvn_MaximumOp : Hvn_BinaryLayer<"maximum", [Cheap, Commutative]> {
  let summary = "the larger of lhs and rhs";
  let description = [{
    NaN if either is, as torch.maximum.

    ```mlir
    %2 = hvn.maximum %0, %1 : (tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>, tensor<48xf32, #hvn.axes<c>>)
                            -> tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
  let extraClassDeclaration = declareMagnitude;
}

def Hvn_MinimumOp : Hvn_BinaryLayer<"minimum", [Cheap, Commutative]> {
  let summary = "the smaller of lhs and rhs";
  let description = [{
    NaN if either is, as torch.minimum.

    ```mlir
    %2 = hvn.minimum %0, %1 : (tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>, tensor<48xf32, #hvn.axes<c>>)
                            -> tensor<1x48x56x56xf32, #hvn.axes<n, c, h, w>>
    ```
  }];
  let extraClassDeclaration = declareMagnitude;
}

#endif
