#include "compiler/halide/NnMath.h"
#include <limits>

using namespace Halide;

/// 2^x for |x| <= 127; 0 at -127; NaN stays NaN.
static Expr exp2InRange(Expr x) {
  // Adding 1.5 * 2^23 + 127 rounds to the nearest integer and leaves it, plus the exponent's bias, in the lowest bits.
  const float magic = 12582912.0f + 127.0f;
  Expr shifted = strict_float(x + magic), fraction = x - strict_float(shifted - magic);
  Expr p = 0.0013276470126584172f; // minimax for |fraction| <= 1/2, relative error 7.5e-8
  for (float coefficient :
       {0.009675540961325169f, 0.05550713464617729f, 0.24022120237350464f, 0.6931469440460205f, 1.0000001192092896f})
    p = p * fraction + coefficient;
  return p * reinterpret<float>(reinterpret<int32_t>(shifted) << 23);
}

// The limits are written so that NaN passes and each is one instruction.
static Expr atLeast(Expr x, float limit) { return strict_float(select(x < limit, limit, x)); }
static Expr atMost(Expr x, float limit) { return strict_float(select(x > limit, limit, x)); }

Expr fovea::halide::nnSoftmaxExp2(Expr x) { return exp2InRange(atLeast(x, -127.0f)); }

Expr fovea::halide::nnSigmoid(Expr x) {
  return 1.0f / (1.0f + exp2InRange(atMost(atLeast(x * -1.44269504f, -127.0f), 127.0f)));
}

// Not strict, this becomes Halide's max, which drops NaN.
Expr fovea::halide::nnRelu(Expr x) { return atLeast(x, 0.0f); }

// Halide's max, one instruction, and a test that holds for both at once.
Expr fovea::halide::nnMax(Expr a, Expr b) {
  return select(strict_float(is_nan(a) || is_nan(b)), std::numeric_limits<float>::quiet_NaN(), max(a, b));
}

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
