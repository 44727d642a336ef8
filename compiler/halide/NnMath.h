// The scalar functions of networks, right at the edges: NaN in, NaN out; infinities and huge values as PyTorch has
// them. Halide's own exp and erf are wrong for huge arguments, and its max drops NaN, so nothing else calls them.
// Errors are relative, in units of the last place (2^-23), or absolute where a bound says so; what is below the
// smallest normal number may be 0.
#ifndef FOVEA_COMPILER_HALIDE_NNMATH_H
#define FOVEA_COMPILER_HALIDE_NNMATH_H

#include "Halide.h"

namespace fovea::halide {

/// `half`, an f16, as f32 by arithmetic on integers: for CPUs that have no instruction for it. Exact, subnormal numbers
/// included, whether or not the CPU takes those for zero.
Halide::Expr nnWiden(Halide::Expr half);

/// 2^x for x that is not positive, within 3 ulp; 0 below -126, NaN stays NaN.
Halide::Expr nnSoftmaxExp2(Halide::Expr x);

/// e^x, within 2 ulp.
Halide::Expr nnExp(Halide::Expr x);

/// The natural logarithm, within 3 ulp; -inf of 0, NaN of negative x.
Halide::Expr nnLog(Halide::Expr x);

/// a - b, NaN where both are the same infinity or NaN: of equal expressions Halide takes it for 0.
Halide::Expr nnDifference(Halide::Expr a, Halide::Expr b);

/// a * b, before products behind it: of a * b * c Halide may take b * c or a * c first, which can overflow.
Halide::Expr nnProduct(Halide::Expr a, Halide::Expr b);

/// 1 / x, which is never cancelled against x.
Halide::Expr nnInverse(Halide::Expr x);

/// 1 / sqrt(x), rounded twice; 0 of infinity, which a step of Newton's makes NaN.
Halide::Expr nnRsqrt(Halide::Expr x);

/// max(x, 0); NaN stays NaN.
Halide::Expr nnRelu(Halide::Expr x);

/// x, at least `low` and at most `high`, which may be infinite; NaN stays NaN.
Halide::Expr nnClamp(Halide::Expr x, float low, float high);

/// The larger or smaller of two; NaN if either is.
Halide::Expr nnMax(Halide::Expr a, Halide::Expr b);
Halide::Expr nnMin(Halide::Expr a, Halide::Expr b);

/// 1 / (1 + exp(-x)), within 2e-7.
Halide::Expr nnSigmoid(Halide::Expr x);

/// tanh(x) and erf(x), within 4 ulp.
Halide::Expr nnTanh(Halide::Expr x);
Halide::Expr nnErf(Halide::Expr x);

/// x, for negative x `alpha` (exp(x / `width`) - 1), the latter within 4 ulp.
Halide::Expr nnElu(Halide::Expr x, float alpha, float width);

/// log(1 + exp(x)), within 2e-7 of it or of 1, whichever is larger.
Halide::Expr nnSoftplus(Halide::Expr x);

/// x / (1 + exp(-factor x)), within 4e-7 of |x|; 0, within 1e-36, at minus infinity.
Halide::Expr nnSilu(Halide::Expr x, float factor = 1);

/// x tanh(log(1 + exp(x))), within 4e-7 of |x|; 0 at minus infinity.
Halide::Expr nnMish(Halide::Expr x);

/// x clamp(x / 6 + 1/2, 0, 1); 0 at minus infinity.
Halide::Expr nnHardSwish(Halide::Expr x);

/// x/2 (1 + erf(x / sqrt 2)), within 5e-7 absolute. As max(x, 0) - |x| Q(|x|) with the upper tail Q(a) = 1 / p(a)^16:
/// the form of Abramowitz and Stegun 7.1.28, coefficients refitted to a Q(a) itself.
Halide::Expr nnGelu(Halide::Expr x);

/// The same within 3e-5 absolute, for what is rounded to bf16.
Halide::Expr nnGeluShort(Halide::Expr x);

/// x/2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))), within 4e-7 of |x|; 0, within 1e-36, at minus infinity.
Halide::Expr nnGeluTanh(Halide::Expr x);

} // namespace fovea::halide

#endif
