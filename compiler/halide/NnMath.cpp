#include "compiler/halide/NnMath.h"
#include <limits>

using namespace Halide;
using Halide::Internal::Call;

static constexpr float log2e = 1.44269504f;

//===----------------------------------------------------------------------===//
// Exact steps, which no rewriting may touch
//===----------------------------------------------------------------------===//

static Expr strict(Call::IntrinsicOp op, Expr a, Expr b, Type type = Float(32)) {
  return Call::make(type, op, {std::move(a), std::move(b)}, Call::PureIntrinsic);
}
static Expr strictAdd(Expr a, Expr b) { return strict(Call::strict_add, a, b); }
static Expr strictSub(Expr a, Expr b) { return strict(Call::strict_sub, a, b); }
static Expr strictMul(Expr a, Expr b) { return strict(Call::strict_mul, a, b); }
static Expr strictDiv(Expr a, Expr b) { return strict(Call::strict_div, a, b); }
static Expr strictLess(Expr a, Expr b) { return strict(Call::strict_lt, a, b, Bool()); }

// The limits are written so that NaN passes and each is one instruction. Not strict, they become Halide's min and max,
// which drop NaN.
static Expr atLeast(Expr x, float limit) { return select(strictLess(x, limit), limit, x); }
static Expr atMost(Expr x, float limit) { return select(strictLess(limit, x), limit, x); }

/// p(x) with the coefficients given from the highest power on.
static Expr polynomial(Expr x, std::initializer_list<float> coefficients) {
  Expr p;
  for (float coefficient : coefficients)
    p = p.defined() ? p * x + coefficient : Expr(coefficient);
  return p;
}

Expr fovea::halide::nnWiden(Expr half) {
  Expr bits = cast<uint32_t>(reinterpret<uint16_t>(half)), sign = (bits & 0x8000u) << 16;
  // Exponent and fraction move to their places in an f32; the exponent's bias is 112 less there.
  Expr magnitude = (bits & 0x7fffu) << 13;
  const Expr bias = Expr(112u << 23), least = Expr(1u << 23), infinite = Expr(31u << 23);
  // A subnormal number gets the exponent of the least normal one, 2^-14, and so is that much too large.
  Expr subnormal = reinterpret<uint32_t>(strictSub(reinterpret<float>(magnitude + (bias + least)), 0x1p-14f));
  Expr wide = select(magnitude < least, subnormal, magnitude + select(magnitude < infinite, bias, 2 * bias));
  return reinterpret<float>(wide | sign);
}

Expr fovea::halide::nnDifference(Expr a, Expr b) { return strictSub(a, b); }

Expr fovea::halide::nnProduct(Expr a, Expr b) { return strictMul(a, b); }

Expr fovea::halide::nnInverse(Expr x) { return strictDiv(1.0f, x); }

Expr fovea::halide::nnRsqrt(Expr x) { return nnInverse(sqrt(x)); }

//===----------------------------------------------------------------------===//
// Exponential functions
//===----------------------------------------------------------------------===//

namespace {
/// x = n + fraction with a whole number n and |fraction| <= 1/2, for |x| <= 127.
struct Exponent {
  Expr power; ///< 2^n; 0 for n = -127
  Expr fraction;

  explicit Exponent(Expr x) {
    // Adding 1.5 * 2^23 + 127 rounds to the nearest integer and leaves it, plus the exponent's bias, in the lowest
    // bits.
    const float magic = 12582912.0f + 127.0f;
    Expr shifted = strictAdd(x, magic);
    fraction = x - strictSub(shifted, magic);
    power = reinterpret<float>(reinterpret<int32_t>(shifted) << 23);
  }
};
} // namespace

/// 2^x for |x| <= 127; 0 at -127; NaN stays NaN.
static Expr exp2InRange(Expr x) {
  Exponent e(x); // minimax for |fraction| <= 1/2, relative error 7.5e-8
  return polynomial(e.fraction, {0.0013276470126584172f, 0.009675540961325169f, 0.05550713464617729f,
                                 0.24022120237350464f, 0.6931469440460205f, 1.0000001192092896f}) *
         e.power;
}

/// 2^x - 1 for x from -127 to 0, within 3 ulp also near 0; NaN stays NaN.
static Expr exp2Minus1(Expr x) {
  Exponent e(x); // minimax for |fraction| <= 1/2, relative error 1.1e-8
  Expr p = polynomial(e.fraction, {0.00015403512225020677f, 0.0013390735257416964f, 0.009618237614631653f,
                                   0.05550357326865196f, 0.24022649228572845f, 0.6931471824645996f}) *
           e.fraction;
  return e.power * p + strictSub(e.power, 1.0f);
}

Expr fovea::halide::nnSoftmaxExp2(Expr x) { return exp2InRange(atLeast(x, -127.0f)); }

Expr fovea::halide::nnExp(Expr x) {
  // Beyond these the result is 0 or infinity. n ln 2 is taken away in two parts, the first of few bits.
  Expr limited = nnClamp(x, -104.0f, 89.0f);
  const float magic = 12582912.0f;
  Expr shifted = strictAdd(limited * log2e, magic), n = strictSub(shifted, magic);
  Expr rest = strictSub(strictSub(limited, strictMul(n, 0.693359375f)), strictMul(n, -2.12194440e-4f));
  Expr p = polynomial(rest, {0.0013950488064438105f, 0.008368887938559055f, 0.04166620597243309f, 0.166665181517601f,
                             0.5f, 1.0f, 1.0f});
  Expr whole = reinterpret<int32_t>(shifted) - reinterpret<int32_t>(Expr(magic)), half = whole >> 1;
  auto power = [](Expr exponent) { return reinterpret<float>((exponent + 127) << 23); };
  return strictMul(strictMul(p, power(half)), power(whole - half));
}

/// 1 / (1 + 2^x)
static Expr logistic2(Expr x) { return 1.0f / (1.0f + exp2InRange(fovea::halide::nnClamp(x, -127.0f, 127.0f))); }

Expr fovea::halide::nnSigmoid(Expr x) { return logistic2(x * -log2e); }

Expr fovea::halide::nnSilu(Expr x, float factor) {
  return atLeast(x, -128.0f) * logistic2(x * (-log2e * factor)); // without the limit -inf * 0
}

Expr fovea::halide::nnGeluTanh(Expr x) {
  constexpr float linear = -2 * log2e * 0.7978845608f;
  return atLeast(x, -128.0f) * logistic2(x * (linear + linear * 0.044715f * x * x));
}

Expr fovea::halide::nnMish(Expr x) {
  // tanh(log(1 + e)) = w / (w + 2) with w = e (e + 2); 1 beyond 20. Not strict, x w comes first and overflows.
  Expr e = exp2InRange(atLeast(atMost(x, 20.0f) * log2e, -127.0f)), w = e * (e + 2.0f);
  return atLeast(x, -128.0f) * strictDiv(w, w + 2.0f);
}

Expr fovea::halide::nnTanh(Expr x) {
  Expr e = exp2Minus1(atLeast(abs(x) * (-2 * log2e), -127.0f)), size = e / (e + 2.0f);
  return select(strictLess(x, 0.0f), size, -size);
}

Expr fovea::halide::nnErf(Expr x) {
  // 1 - erf(a) = 2^(-a p(a)); 0 in f32 beyond 4.
  Expr a = atMost(abs(x), 4.0f);
  Expr p = polynomial(a, {-1.3353968824958429e-05f, 0.00016972048615571111f, -0.0009129906538873911f,
                          0.00240501225925982f, -0.00023140267876442522f, -0.027632029727101326f, 0.14827705919742584f,
                          0.9184476137161255f, 1.6279070377349854f});
  Expr size = exp2Minus1(p * -a);
  return select(strictLess(x, 0.0f), size, -size);
}

Expr fovea::halide::nnElu(Expr x, float alpha, float width) {
  return select(strictLess(x, 0.0f), exp2Minus1(atLeast(x * (log2e / width), -127.0f)) * alpha, x);
}

//===----------------------------------------------------------------------===//
// Logarithms
//===----------------------------------------------------------------------===//

Expr fovea::halide::nnLog(Expr x) {
  // x = 2^e m with m from sqrt(1/2) to sqrt 2. What is below the smallest normal number is scaled by 2^23 before.
  Expr tiny = strictLess(x, 1.17549435e-38f);
  Expr bits = reinterpret<int32_t>(select(tiny, strictMul(x, 8388608.0f), x)) - 0x3f3504f3;
  Expr e = cast<float>((bits >> 23) - select(tiny, 23, 0));
  Expr y = reinterpret<float>((bits & 0x7fffff) + 0x3f3504f3) - 1.0f;
  Expr p = polynomial(y, {-0.07634492963552475f, 0.12761574983596802f, -0.13160182535648346f, 0.14201758801937103f,
                          -0.16623356938362122f, 0.20001226663589478f, -0.2500081956386566f, 0.3333333134651184f});
  Expr small = strictSub(y * y * (p * y - 0.5f), e * 2.12194440e-4f);
  Expr log = strictAdd(strictMul(e, 0.693359375f), strictAdd(y, small));
  // Chosen among as bits: what is chosen among as numbers may not be infinite.
  Expr given = reinterpret<int32_t>(x), infinity = 0x7f800000, nan = 0x7fc00000;
  Expr isNumber = given > 0 && given < infinity;
  Expr other = select(strict(Call::strict_eq, x, 0.0f, Bool()), infinity | (1 << 31), given < 0, nan, given);
  return reinterpret<float>(select(isNumber, reinterpret<int32_t>(log), other));
}

Expr fovea::halide::nnSoftplus(Expr x) {
  // max(x, 0) + log(1 + u) with u = exp(-|x|); minimax for log(1 + u) / u, relative error 4.7e-9
  Expr u = nnSoftmaxExp2(abs(x) * -log2e);
  Expr p = polynomial(u, {-0.003244020976126194f, 0.01985144428908825f, -0.056959498673677444f, 0.10603651404380798f,
                          -0.15305590629577637f, 0.1967593878507614f, -0.24954134225845337f, 0.3332996368408203f,
                          -0.4999990165233612f, 1.0f});
  return nnRelu(x) + u * p;
}

//===----------------------------------------------------------------------===//
// Limits
//===----------------------------------------------------------------------===//

Expr fovea::halide::nnRelu(Expr x) { return atLeast(x, 0.0f); }

// Halide's max or min, one instruction, and a test that holds for both at once.
static Expr unlessNan(Expr a, Expr b, Expr x) {
  return select(strict_float(is_nan(a) || is_nan(b)), std::numeric_limits<float>::quiet_NaN(), x);
}
Expr fovea::halide::nnMax(Expr a, Expr b) { return unlessNan(a, b, max(a, b)); }
Expr fovea::halide::nnMin(Expr a, Expr b) { return unlessNan(a, b, min(a, b)); }

Expr fovea::halide::nnClamp(Expr x, float low, float high) {
  if (low > -INFINITY)
    x = atLeast(x, low);
  return high < INFINITY ? atMost(x, high) : x;
}

Expr fovea::halide::nnHardSwish(Expr x) {
  Expr limited = atLeast(x, -3.0f);
  return limited * strictMul(atMost(limited + 3.0f, 6.0f), 1.0f / 6.0f);
}

/// max(x, 0) - |x| / p(|x|)^16.
static Expr geluBy(Expr x, std::initializer_list<float> coefficients) {
  // Beyond 16 the tail is below 1e-32, and the limit keeps inf / inf out.
  Expr a = min(abs(x), 16.0f);
  Expr p = polynomial(a, coefficients);
  for (int squaring = 0; squaring < 4; ++squaring)
    p = p * p;
  return atLeast(x, 0.0f) - a / p;
}

Expr fovea::halide::nnGelu(Expr x) {
  return geluBy(x, {6.9878552781997865e-06f, 3.964993638168428e-05f, 7.53223400873069e-05f, 0.003370505995115097f,
                    0.022113724310277246f, 0.05206397374189751f, 1.044274841822212f});
}

Expr fovea::halide::nnGeluShort(Expr x) {
  return geluBy(x, {0.0005475874409874099f, 0.0020893580942180938f, 0.02350116726726131f, 0.0514621313669876f,
                    1.0443532321635323f});
}
