#include "frontend/MadeUpWeights.h"

#include <algorithm>
#include <cmath>

using namespace llvm;

namespace fovea {

namespace {

constexpr uint64_t kGolden = 0x9e3779b97f4a7c15;

/// One step of SplitMix64 (Steele, Lea, Flood 2014) from state `x`.
uint64_t splitmix64(uint64_t x) {
  x += kGolden;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
  x = (x ^ x >> 27) * 0x94d049bb133111eb;
  return x ^ x >> 31;
}

uint64_t fnv1a64(StringRef text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (unsigned char byte : text)
    hash = (hash ^ byte) * 0x100000001b3;
  return hash;
}

/// Values lie in [centre - width, centre + width).
struct Range {
  double centre, width;
};

Range rangeOf(StringRef name, ArrayRef<int64_t> shape, double gain) {
  StringRef part = name.substr(name.rfind('.') + 1);
  if (part == "running_var" || (part == "weight" && shape.size() <= 1))
    return {1, 0.5};
  if (part == "running_mean")
    return {0, 0.5};
  if (part == "bias")
    return {0, 0.2};
  if (part != "weight")
    return {0, 1};
  double fanIn = 1;
  for (int64_t size : shape.drop_front())
    fanIn *= std::max<int64_t>(size, 1);
  return {0, gain * std::sqrt(1.5 / fanIn)}; // variance gain^2 / (2 fan-in)
}

} // namespace

void fillMadeUp(StringRef name, ArrayRef<int64_t> shape, uint64_t seed, double gain, MutableArrayRef<float> out) {
  Range range = rangeOf(name, shape, gain);
  uint64_t state = splitmix64(fnv1a64(name) ^ splitmix64(seed));
  for (float &value : out) {
    // Centre and width are such that the product or the sum is exact: a fused multiply-add changes nothing.
    double unit = (double(splitmix64(state) >> 40) - 0x1p23) * 0x1p-23;
    value = range.centre + range.width * unit;
    state += kGolden;
  }
}

} // namespace fovea
