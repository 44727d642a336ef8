// The scalar functions of networks, right at the edges: NaN in, NaN out; infinities and huge values as PyTorch has
// them. Halide's own exp and erf are wrong for huge arguments, and its max drops NaN, so nothing else calls them.
#ifndef FOVEA_COMPILER_HALIDE_NNMATH_H
#define FOVEA_COMPILER_HALIDE_NNMATH_H

#include "Halide.h"

namespace fovea::halide {

/// 2^x for x that is not positive, within 3 ulp; 0 below -126, NaN stays NaN.
Halide::Expr nnSoftmaxExp2(Halide::Expr x);

/// max(x, 0); NaN stays NaN.
Halide::Expr nnRelu(Halide::Expr x);

/// The larger of `a` and `b`; NaN if one of them is.
Halide::Expr nnMax(Halide::Expr a, Halide::Expr b);

/// 1 / (1 + exp(-x)), within 2e-7.
Halide::Expr nnSigmoid(Halide::Expr x);

/// x/2 (1 + erf(x / sqrt 2)), within 5e-7 absolute. As max(x, 0) - |x| Q(|x|) with the upper tail Q(a) = 1 / p(a)^16:
/// the form of Abramowitz and Stegun 7.1.28, coefficients refitted to a Q(a) itself.
Halide::Expr nnGelu(Halide::Expr x);

} // namespace fovea::halide

#endif
