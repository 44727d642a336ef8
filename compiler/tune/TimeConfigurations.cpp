#include "compiler/tune/LoadedNetwork.h"
#include "compiler/tune/TrialProcess.h"
#include "llvm/ADT/STLExtras.h"
#include <chrono>
#include <optional>

using namespace fovea;

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Nanoseconds of every step by configuration and run; negative where nobody has measured.
class Samples {
public:
  Samples(size_t configurations, size_t steps, size_t runs)
      : configurations(configurations), steps(steps), runs(runs), values(configurations * steps * runs), taken(1),
        elapsed(1) {}
  bool valid() const { return values.valid() && taken.valid() && elapsed.valid(); }

  float &at(size_t configuration, size_t step, size_t run) const {
    return values[(configuration * steps + step) * runs + run];
  }
  void setTaken(size_t count, double seconds) {
    taken[0] = count;
    elapsed[0] = seconds;
  }

  NetworkTimes timesOf(size_t configuration, const TrialNetwork &network) const {
    NetworkTimes times;
    times.kernels.resize(network.kernels.size());
    times.runs = taken[0];
    times.seconds = elapsed[0] / double(std::max<size_t>(configurations * taken[0], 1));
    for (auto [step, kernel] : llvm::enumerate(network.steps)) {
      std::vector<float> sorted;
      for (size_t run = 0; run < taken[0]; ++run)
        if (float time = at(configuration, step, run); time >= 0)
          sorted.push_back(time);
      if (sorted.empty())
        continue;
      llvm::sort(sorted);
      for (RunTime *sum : {&times.kernels[kernel], &times.whole}) {
        sum->minimum += sorted.front() * 1e-3;
        sum->median += sorted[sorted.size() / 2] * 1e-3;
      }
    }
    return times;
  }

private:
  size_t configurations, steps, runs;
  SharedArray<float> values;
  SharedArray<size_t> taken;   ///< runs of each configuration
  SharedArray<double> elapsed; ///< seconds of all runs of all configurations
};

/// What the child process does.
class Timing {
public:
  Timing(const TrialNetwork &network, llvm::ArrayRef<Configuration> configurations, LoadedNetwork &loaded,
         Samples &samples)
      : network(network), loaded(loaded), samples(samples), nanoseconds(network.steps.size()),
        functions(configurations.size(), loaded.own),
        dropped(configurations.size(), std::vector<bool>(network.kernels.size())) {
    for (auto [configuration, wanted] : llvm::zip_equal(configurations, functions))
      for (const auto &[kernel, code] : configuration)
        wanted[kernel] = loaded.find(code);
  }

  /// False if a configuration cannot be run.
  bool warmUp(SharedArray<double> &differences) {
    if (llvm::any_of(functions, [](auto &list) { return llvm::is_contained(list, nullptr); }))
      return false;
    if (llvm::errorToBool(loaded.context.profile(nanoseconds)))
      return false;
    std::vector<std::vector<double>> expected;
    for (size_t configuration = 0; configuration < functions.size(); ++configuration) {
      if (!run(configuration, std::nullopt))
        return false;
      for (auto [place, output] : llvm::enumerate(loaded.outputs)) {
        if (configuration == 0)
          for (auto &list = expected.emplace_back(); list.size() < output.elements();)
            list.push_back(output.element(list.size()));
        const std::vector<double> &list = expected[place];
        double error = relativeError(
            list.size(), [&](size_t i) { return list[i]; },
            [&, &output = output](size_t i) { return output.element(i); });
        differences[configuration] = std::max(differences[configuration], error);
      }
    }
    return true;
  }

  /// Runs the configuration, as run number `number` if that counts.
  bool run(size_t configuration, std::optional<size_t> number) {
    LoadedNetwork::functions = functions[configuration].data();
    llvm::fill(nanoseconds, 0);
    if (llvm::errorToBool(loaded.run()))
      return false;
    for (auto [step, kernel] : llvm::enumerate(network.steps))
      if (number)
        samples.at(configuration, step, *number) = dropped[configuration][kernel] ? -1 : float(nanoseconds[step]);
    return true;
  }

  /// What is this much slower in the first runs is not worth more of them.
  void dropSlow() {
    constexpr double slow = 1.25;
    NetworkTimes own = samples.timesOf(0, network);
    for (size_t configuration = 1; configuration < functions.size(); ++configuration)
      for (auto [kernel, time] : llvm::enumerate(samples.timesOf(configuration, network).kernels))
        if (time.minimum > slow * own.kernels[kernel].minimum) {
          dropped[configuration][kernel] = true;
          functions[configuration][kernel] = loaded.own[kernel];
        }
  }

private:
  const TrialNetwork &network;
  LoadedNetwork &loaded;
  Samples &samples;
  std::vector<uint64_t> nanoseconds; ///< of each step in the last run
  std::vector<std::vector<LoadedNetwork::Function>> functions;
  std::vector<std::vector<bool>> dropped;
};

} // namespace

llvm::Expected<std::vector<NetworkTimes>> fovea::timeConfigurations(const TrialNetwork &network,
                                                                    llvm::ArrayRef<Configuration> configurations,
                                                                    const TimingLimits &limits) {
  Samples samples(configurations.size(), network.steps.size(), limits.most);
  SharedArray<double> differences(configurations.size());
  if (!samples.valid() || !differences.valid())
    return llvm::createStringError(std::make_error_code(std::errc::not_enough_memory), "no memory for measurements");
  auto measure = [&] {
    llvm::Expected<LoadedNetwork> loaded = LoadedNetwork::load(network);
    if (!loaded)
      return llvm::consumeError(loaded.takeError()), false;
    Timing timing(network, configurations, *loaded, samples);
    if (!timing.warmUp(differences))
      return false;
    Clock::time_point start = Clock::now();
    for (size_t number = 0; number < limits.most && (number < limits.least || secondsSince(start) < limits.seconds);
         ++number) {
      for (size_t turn = 0; turn < configurations.size(); ++turn)
        if (!timing.run((turn + number) % configurations.size(), number))
          return false;
      samples.setTaken(number + 1, secondsSince(start));
      if (limits.dropSlow && number == 1)
        timing.dropSlow();
    }
    return true;
  };
  constexpr double patience = 60; // on top, for a network that is slow to start
  if (!runInProcess(measure, 4 * limits.seconds + patience, network.cancelled))
    return llvm::createStringError("the network with kernels on trial cannot be run");
  std::vector<NetworkTimes> results;
  for (size_t configuration = 0; configuration < configurations.size(); ++configuration) {
    results.push_back(samples.timesOf(configuration, network));
    results.back().difference = differences[configuration];
  }
  return results;
}
