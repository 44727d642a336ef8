// The reference meaning of activations, at places where it is known, and at the edges.
#include "ReferenceFixture.h"

static constexpr double inf = INFINITY;

namespace {
class Activation : public Reference {
protected:
  /// What `op` makes of each of `from`.
  Numbers apply(StringRef op, Numbers from) {
    auto [name, numbers] = op.split(' ');
    std::string type = std::to_string(from.size()) + " c";
    return evaluate(("%r = " + name + " %0 " + numbers + " : {" + type + "}").str(), {type}, {from});
  }

  void expectNear(StringRef op, Numbers from, Numbers expected) {
    Numbers found = apply(op, from);
    ASSERT_EQ(found.size(), expected.size());
    for (auto [number, wanted] : llvm::enumerate(expected))
      if (std::isinf(wanted))
        EXPECT_EQ(found[number], wanted) << op.str() << " of " << from[number];
      else
        EXPECT_NEAR(found[number], wanted, 1e-9 * std::max(1.0, std::abs(wanted)))
            << op.str() << " of " << from[number];
    EXPECT_TRUE(std::isnan(apply(op, {NAN})[0])) << op.str();
  }
};
} // namespace

// Values of torch.nn.functional in double.
TEST_F(Activation, Values) {
  Numbers x{-inf, -1e30, -4, -0.5, 0, 0.5, 4, 1e30, inf};
  expectNear("hvn.gelu_tanh", x,
             {0, -0, -7.02459481923e-05, -0.154285990175, 0, 0.345714009825, 3.99992975405, 1e+30, inf});
  expectNear("hvn.quick_gelu", x,
             {0, -0, -0.00441472413958, -0.149611563394, 0, 0.350388436606, 3.99558527586, 1e+30, inf});
  expectNear("hvn.silu", x, {0, -0, -0.0719448398484, -0.188770334399, 0, 0.311229665601, 3.92805516015, 1e+30, inf});
  expectNear("hvn.mish", x, {0, -0, -0.072591740792, -0.220743774652, 0, 0.375245211305, 3.99741280698, 1e+30, inf});
  expectNear("hvn.softplus", x,
             {0, 0, 0.0181499279178, 0.47407698418, 0.69314718056, 0.97407698418, 4.01814992792, 1e+30, inf});
  expectNear("hvn.hard_sigmoid", x, {0, 0, 0, 0.416666666667, 0.5, 0.583333333333, 1, 1, 1});
  expectNear("hvn.hard_swish", x, {0, -0, -0, -0.208333333333, 0, 0.291666666667, 4, 1e+30, inf});
  expectNear("hvn.relu6", x, {0, 0, 0, 0, 0, 0.5, 4, 6, 6});
  expectNear("hvn.selu", x,
             {-1.75809934085, -1.75809934085, -1.72589862819, -0.691758187803, 0, 0.525350493678, 4.20280394942,
              1.05070098736e+30, inf});
  expectNear("hvn.tanh", x, {-1, -1, -0.999329299739, -0.46211715726, 0, 0.46211715726, 0.999329299739, 1, 1});
  expectNear("hvn.erf", x, {-1, -1, -0.999999984583, -0.520499877813, 0, 0.520499877813, 0.999999984583, 1, 1});
  expectNear("hvn.exp", x, {0, 0, 0.0183156388887, 0.606530659713, 1, 1.6487212707, 54.5981500331, inf, inf});
  expectNear("hvn.abs", x, {inf, 1e+30, 4, 0.5, 0, 0.5, 4, 1e+30, inf});
  expectNear("hvn.leaky_relu slope 0.25", x, {-inf, -2.5e+29, -1, -0.125, 0, 0.5, 4, 1e+30, inf});
  expectNear("hvn.elu alpha 0.5", x, {-0.5, -0.5, -0.490842180556, -0.196734670144, 0, 0.5, 4, 1e+30, inf});
  expectNear("hvn.celu alpha 2.0", x, {-2, -2, -1.72932943353, -0.442398433857, 0, 0.5, 4, 1e+30, inf});
  expectNear("hvn.clamp low -1.0 high 0.25", x, {-1, -1, -1, -0.5, 0, 0.25, 0.25, 0.25, 0.25});
  expectNear("hvn.log", {0, 1e-40, 0.5, 1, 4, inf}, {-inf, -92.1034037198, -0.69314718056, 0, 1.38629436112, inf});
  expectNear("hvn.sqrt", {0, 4, inf}, {0, 2, inf});
  for (StringRef op : {"hvn.log", "hvn.sqrt"})
    EXPECT_TRUE(std::isnan(apply(op, {-1})[0]));
}

TEST_F(Activation, Prelu) {
  EXPECT_EQ(evaluate("%r = hvn.prelu %0, %1 : {2x2 n c}, {2 c}", {"2x2 n c", "2 c"}, {{-1, -2, 3, -4}, {0.5, 10}}),
            (Numbers{-0.5, -20, 3, -40}));
  EXPECT_EQ(evaluate("%r = hvn.prelu %0, %1 : {2x2 n c}, {1 c}", {"2x2 n c", "1 c"}, {{-1, -2, 3, -4}, {0.5}}),
            (Numbers{-0.5, -1, 3, -2}));
}

TEST_F(Activation, OfTwo) {
  auto of = [&](StringRef op, Numbers a, Numbers b) {
    return evaluate(("%r = " + op + " %0, %1 : ({3 c}, {3 c}) -> {3 c}").str(), {"3 c", "3 c"}, {a, b});
  };
  EXPECT_EQ(of("hvn.div", {1, 6, -1}, {4, -2, 0}), (Numbers{0.25, -3, -inf}));
  EXPECT_EQ(of("hvn.maximum", {1, 6, -inf}, {4, -2, 0}), (Numbers{4, 6, 0}));
  EXPECT_EQ(of("hvn.minimum", {1, 6, -inf}, {4, -2, 0}), (Numbers{1, -2, -inf}));
  for (StringRef op : {"hvn.maximum", "hvn.minimum"}) {
    EXPECT_TRUE(std::isnan(of(op, {NAN, 0, 0}, {1, 0, 0})[0]));
    EXPECT_TRUE(std::isnan(of(op, {1, 0, 0}, {NAN, 0, 0})[0]));
  }
}
