#include "compiler/tune/Search.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cmath>
#include <tuple>

using namespace fovea;

/// Better by less than this may be noise.
static constexpr double noticeable = 0.99;

/// Other values of a knob, best guess first.
static std::vector<int64_t> moves(const SearchSpace &space, const kern::Knob &knob, int64_t from) {
  std::vector<int64_t> values;
  if (knob.name == "parallel" && !space.parallel)
    return values;
  constexpr int64_t widest = 64; // a longer range is of distances and counts, of which only the magnitude matters
  if (knob.powerOfTwo)
    values = {from / 2, from * 2};
  else if (knob.maximum > widest)
    values = from == knob.minimum ? std::vector<int64_t>{64, 256, 16}
                                  : std::vector<int64_t>{from / 2, from * 2, knob.minimum};
  else
    for (int64_t value = std::max(from / 2, knob.minimum); value <= std::max(2 * from, from + 2); ++value)
      values.push_back(value);
  llvm::erase_if(values, [&](int64_t value) { return value == from || !knob.allows(value); });
  if (knob.powerOfTwo || knob.maximum > widest)
    return values;
  // Tiles that come out even waste nothing.
  auto rank = [&](int64_t value) {
    bool even = llvm::any_of(space.extents, [&](int64_t extent) { return value > 1 && extent % value == 0; });
    return std::tuple(!even, std::abs(std::log(double(value + 1) / double(from + 1))), value);
  };
  llvm::sort(values, [&](int64_t a, int64_t b) { return rank(a) < rank(b); });
  return values;
}

/// Vectors that are summed up side by side.
static int64_t accumulators(const SearchSpace &space, const KnobValues &values) {
  int64_t count = 1;
  for (auto [knob, value] : llvm::zip_equal(space.strategy->knobs, values)) {
    if (knob.name == "tile_c" || knob.name == "tile_m" || knob.name == "tile_w")
      count *= value;
    else if (knob.name == "vector")
      count *= std::max<int64_t>(1, value / space.lanes);
  }
  return count;
}

void Experience::note(const SearchSpace &space, const KnobValues &values, Attempt attempt) {
  std::optional<size_t> changed;
  for (size_t knob = 0; knob < values.size(); ++knob)
    if (values[knob] != space.chosen[knob]) {
      if (changed)
        return;
      changed = knob;
    }
  if (!changed)
    return;
  constexpr double loss = 2; // what does not work is as bad as this ratio
  Mean &mean = means[{space.strategy, *changed, values[*changed] > space.chosen[*changed]}];
  mean.sum += std::log(attempt.kind == Attempt::Measured ? std::min(attempt.ratio, loss) : loss);
  ++mean.count;
}

double Experience::expected(const SearchSpace &space, const KnobValues &from, const KnobValues &to) const {
  double sum = 0;
  for (size_t knob = 0; knob < from.size(); ++knob)
    if (auto mean = means.find({space.strategy, knob, to[knob] > from[knob]});
        from[knob] != to[knob] && mean != means.end())
      sum += mean->second.sum / double(mean->second.count + 1); // little experience counts less
  return sum;
}

std::vector<KnobValues> fovea::neighbours(const SearchSpace &space, const KnobValues &from,
                                          const Experience &experience) {
  struct Neighbour {
    double distance;
    KnobValues values;
  };
  std::vector<Neighbour> found;
  int64_t most = std::max<int64_t>(space.registers, accumulators(space, space.chosen));
  // A guess less likely, or a second knob, counts as much as a kernel that is slower by one or three per cent.
  auto add = [&](size_t rank, bool second, KnobValues values) {
    if (accumulators(space, values) > most)
      return;
    double distance = experience.expected(space, from, values) + 0.01 * double(rank) + (second ? 0.03 : 0);
    found.push_back({distance, std::move(values)});
  };
  std::vector<std::vector<int64_t>> others;
  for (auto [knob, value] : llvm::zip_equal(space.strategy->knobs, from))
    others.push_back(moves(space, knob, value));
  constexpr size_t paired = 3; // guesses of each knob that are tried together with another's
  for (size_t i = 0; i < from.size(); ++i)
    for (auto [rank, value] : llvm::enumerate(others[i])) {
      KnobValues one = from;
      one[i] = value;
      for (size_t j = i + 1; j < from.size() && rank < paired; ++j)
        for (size_t other = 0; other < std::min(others[j].size(), paired); ++other) {
          KnobValues two = one;
          two[j] = others[j][other];
          add(rank + other, true, std::move(two));
        }
      add(rank, false, std::move(one));
    }
  llvm::sort(found, [](const Neighbour &a, const Neighbour &b) {
    return std::tie(a.distance, a.values) < std::tie(b.distance, b.values);
  });
  std::vector<KnobValues> result;
  for (Neighbour &neighbour : found)
    result.push_back(std::move(neighbour.values));
  return result;
}

std::optional<KnobValues> KernelSearch::next(const Experience &experience) {
  std::vector<KnobValues> centres = best(1);
  centres.push_back(space.chosen);
  for (const KnobValues &centre : centres)
    for (KnobValues &values : neighbours(space, centre, experience))
      if (values != space.chosen && attempts.try_emplace(values).second)
        return std::move(values);
  return std::nullopt;
}

std::vector<KnobValues> KernelSearch::best(size_t count) const {
  std::vector<std::pair<double, KnobValues>> better;
  for (const auto &[values, attempt] : attempts)
    if (attempt && attempt->kind == Attempt::Measured && attempt->ratio < noticeable)
      better.emplace_back(attempt->ratio, values);
  llvm::sort(better);
  std::vector<KnobValues> result;
  for (auto &[ratio, values] : llvm::ArrayRef(better).take_front(count))
    result.push_back(values);
  return result;
}

std::vector<std::pair<size_t, KnobValues>> fovea::nextToTry(std::vector<KernelSearch> &kernels,
                                                            llvm::ArrayRef<double> shares, const Experience &experience,
                                                            size_t count, size_t most) {
  std::vector<std::vector<KnobValues>> taken(kernels.size());
  std::vector<size_t> open;
  for (size_t kernel = 0; kernel < kernels.size(); ++kernel)
    open.push_back(kernel);
  for (size_t left = count; !open.empty() && left;) {
    auto urgent = llvm::max_element(open, [&](size_t a, size_t b) {
      return shares[a] / double(1 + kernels[a].tried()) < shares[b] / double(1 + kernels[b].tried());
    });
    std::optional<KnobValues> values = taken[*urgent].size() < most ? kernels[*urgent].next(experience) : std::nullopt;
    if (values) {
      taken[*urgent].push_back(std::move(*values));
      --left;
    } else {
      open.erase(urgent);
    }
  }
  std::vector<std::pair<size_t, KnobValues>> result;
  for (auto [kernel, list] : llvm::enumerate(taken))
    for (KnobValues &values : list)
      result.emplace_back(kernel, std::move(values));
  return result;
}
