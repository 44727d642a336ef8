#include "compiler/halide/NnMath.h"

using namespace Halide;

Expr fovea::halide::nnExp(Expr x) { return select(is_nan(x), x, exp(clamp(x, -104.0f, 89.0f))); }

// Not strict, this becomes Halide's max, which drops NaN.
Expr fovea::halide::nnRelu(Expr x) { return strict_float(select(x < 0.0f, 0.0f, x)); }

Expr fovea::halide::nnSigmoid(Expr x) { return 1.0f / (1.0f + nnExp(-x)); }

Expr fovea::halide::nnGelu(Expr x) {
  // Beyond 16 the tail is below 1e-32, and the limit keeps inf / inf out.
  Expr a = min(abs(x), 16.0f);
  Expr p = 6.9878552781997865e-06f;
  for (float coefficient : {3.964993638168428e-05f, 7.53223400873069e-05f, 0.003370505995115097f, 0.022113724310277246f,
                            0.05206397375189751f, 1.044274841822212f})
    p = p * a + coefficient;
  for (int squaring = 0; squaring < 4; ++squaring)
    p = p * p;
  return nnRelu(x) - a / p;
}
