#include "compiler/halide/NnMath.h"

using namespace Halide;

Expr fovea::halide::nnExp(Expr x) { return select(is_nan(x), x, exp(clamp(x, -104.0f, 89.0f))); }

Expr fovea::halide::nnSoftmaxExp2(Expr x) {
  // Adding 1.5 * 2^23 rounds to the nearest integer and leaves it in the lowest bits.
  const float magic = 12582912.0f;
  Expr shifted = strict_float(select(x > -126.0f, x, -126.0f) + magic);
  Expr fraction = x - strict_float(shifted - magic);
  Expr p = 0.0013276470126584172f;
  for (float coefficient :
       {0.009675540961325169f, 0.05550713464617729f, 0.24022120237350464f, 0.6931469440460205f, 1.0f})
    p = p * fraction + coefficient;
  Expr power = reinterpret<float>((reinterpret<int32_t>(shifted) << 23) + (127 << 23));
  return select(x < -126.0f, 0.0f, p * power);
}

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
