#include "compiler/tools/Tune.h"
#include "compiler/tools/TuneReport.h"
#include "frontend/FileIO.h"
#include "llvm/Support/Path.h"
#include <csignal>
#include <fmt/core.h>
#include <set>
#include <thread>

using namespace mlir;
using namespace fovea;

namespace {

/// A kernel must be faster by this much to have an entry.
constexpr double margin = 0.02;
/// The network's outputs may differ by this much, of the largest: roundings of kernels add up.
constexpr double tolerance = 1e-3;

using Batch = std::vector<std::pair<size_t, KnobValues>>; ///< kernels and schedules for them

class Tuner {
public:
  explicit Tuner(const TuneRequest &request)
      : request(request), progress(request.compile.quiet), libraries(request.compile, progress) {}

  int run() {
    llvm::SmallString<128> path(request.output);
    if (int code = libraries.build(llvm::sys::path::parent_path(path)))
      return code;
    libraries.trial.threads = request.threads;
    if (path.empty())
      path = libraries.name + ".schedule";
    for (auto step : {&Tuner::profile, &Tuner::searchAndSettle, &Tuner::verify})
      if (llvm::Error error = (this->*step)())
        return fail(std::move(error));
    return fail(write(path));
  }

private:
  //===--- time ---===//

  double secondsLeft() const { return request.seconds - progress.seconds(); }

  /// The user wants an end. Signals wait as long as there are temporary files.
  static bool isInterrupted() {
    sigset_t pending;
    sigpending(&pending);
    return sigismember(&pending, SIGINT) || sigismember(&pending, SIGTERM) || sigismember(&pending, SIGHUP);
  }

  /// How long to compare `configurations`: as long as `runs` of each take, but not beyond a share of the time that
  /// there is, which is short for a user who wants an end.
  double secondsFor(size_t configurations, double runs, double share) const {
    double left = isInterrupted() ? 2 : std::max(0.0, secondsLeft());
    return std::min(configurations * runs * secondsOfRun, share * left);
  }

  /// Whether compiling must end, so that there is time to measure what has been compiled, then the finalists, then the
  /// network as a whole.
  bool isSearchOver() const {
    double reserve = std::min(request.seconds / 2, 1.5 + 140 * secondsOfRun);
    return secondsLeft() <= reserve || isInterrupted();
  }

  void show(StringRef what) {
    progress.show(progress.seconds() / request.seconds,
                  fmt::format("{}: {} schedules tried, {} kernels faster, {:.0f} s left", what.str(), network->tried,
                              llvm::count_if(network->searches, [](auto &search) { return !search.best(1).empty(); }),
                              std::max(0.0, secondsLeft())));
  }

  //===--- the search ---===//

  /// The times of all kernels as they are.
  llvm::Error profile() {
    progress.phase("profile");
    auto times = timeConfigurations(libraries.trial, Configuration(), {.seconds = 0.3, .least = 3, .most = 30});
    if (!times)
      return times.takeError();
    secondsOfRun = times->front().seconds;
    network.emplace(libraries, openCache(request.compile), times->front());
    return llvm::Error::success();
  }

  /// What is settled shows the search where to go on, until there is nothing new.
  llvm::Error searchAndSettle() {
    size_t before;
    do {
      before = network->tried;
      for (auto step : {&Tuner::search, &Tuner::settle})
        if (llvm::Error error = (this->*step)())
          return error;
    } while (network->tried != before && !isSearchOver());
    return llvm::Error::success();
  }

  llvm::Error search() {
    constexpr size_t mostOfOneKernel = 10;
    size_t jobs = request.compile.jobs ? request.compile.jobs : std::max(1u, std::thread::hardware_concurrency());
    size_t count = std::clamp<size_t>(request.seconds / 2, 2, 10) * jobs;
    while (!isSearchOver()) {
      show("search");
      double start = progress.seconds();
      Batch batch = nextToTry(network->searches, network->shares, network->experience, count, mostOfOneKernel);
      exhausted = batch.empty();
      if (exhausted)
        break;
      auto codes = compile(batch);
      if (!codes)
        return codes.takeError();
      double seconds = progress.seconds() - start;
      if (secondsLeft() > 0 && !isInterrupted())
        if (llvm::Error error = measure(batch, *codes, seconds))
          return error;
      // A round takes a tenth of the time, so that what is learned in one helps the next.
      double wanted = std::clamp(request.seconds / 12, 1.0, 15.0);
      count = std::clamp<size_t>(wanted / seconds * batch.size(), 4 * jobs, 400);
    }
    return llvm::Error::success();
  }

  /// The code of each that could be compiled; what could not is noted.
  llvm::Expected<std::vector<std::optional<KernelCode>>> compile(const Batch &batch) {
    std::vector<Candidate> candidates;
    for (const auto &[kernel, values] : batch)
      candidates.push_back({kernel, network->scheduleOf(kernel, values)});
    auto codes = libraries.compile(candidates, [this] {
      show("search");
      return isSearchOver();
    });
    if (!codes)
      return codes;
    for (auto [candidate, code] : llvm::zip_equal(batch, *codes)) {
      auto &[kernel, values] = candidate;
      if (code)
        network->kernels[kernel].codes[values] = *code;
      else if (!isSearchOver()) // else it may just have come too late
        network->note(kernel, values, {Attempt::Failed});
    }
    return codes;
  }

  /// Compares and times what has been compiled, in about half of the `seconds` that compiling took.
  llvm::Error measure(const Batch &batch, ArrayRef<std::optional<KernelCode>> codes, double seconds) {
    std::vector<Variant> variants;
    std::vector<const KnobValues *> values;
    std::set<size_t> touched;
    for (auto [candidate, code] : llvm::zip_equal(batch, codes)) {
      touched.insert(candidate.first);
      if (!code)
        continue;
      variants.push_back({candidate.first, *code});
      values.push_back(&candidate.second);
    }
    std::vector<Configuration> configurations(1); // the first is the compiler's own
    std::vector<std::pair<size_t, size_t>> seats; // of variants in configurations
    std::vector<size_t> taken(network->kernels.size());
    TrialNetwork trial = libraries.trial;
    trial.cancelled = isInterrupted;
    for (auto [number, comparison] : llvm::enumerate(compareVariants(trial, variants))) {
      size_t kernel = variants[number].kernel;
      if (comparison.kind == Comparison::Failed)
        network->note(kernel, *values[number], {Attempt::Failed});
      else if (comparison.kind == Comparison::Wrong)
        dropWrong(kernel, *values[number], comparison.error);
      if (comparison.kind != Comparison::Same && comparison.kind != Comparison::Close)
        continue;
      size_t configuration = ++taken[kernel];
      configurations.resize(std::max(configurations.size(), configuration + 1));
      configurations[configuration][kernel] = variants[number].code;
      seats.emplace_back(number, configuration);
    }
    if (isInterrupted())
      return llvm::Error::success();
    double limit = std::min(seconds / 2, secondsFor(configurations.size(), 20, 0.3));
    auto times = timeConfigurations(trial, configurations, {limit, 3, 40, /*dropSlow=*/true});
    if (!times)
      return isInterrupted() ? (llvm::consumeError(times.takeError()), llvm::Error::success()) : times.takeError();
    for (auto [number, configuration] : seats) {
      size_t kernel = variants[number].kernel;
      const RunTime &own = times->front().kernels[kernel], &other = (*times)[configuration].kernels[kernel];
      network->note(kernel, *values[number], {Attempt::Measured, other.minimum / own.minimum});
    }
    for (size_t kernel : touched)
      network->keep(kernel);
    return llvm::Error::success();
  }

  void dropWrong(size_t kernel, const KnobValues &values, double error) {
    network->note(kernel, values, {Attempt::Wrong});
    Progress::clear();
    if (!request.compile.quiet)
      llvm::errs() << fmt::format("fovea: {}: dropped a schedule whose results differ by {:.0e}: {}\n",
                                  network->kernels[kernel].kernel.getSymName().str(), error,
                                  scheduleText(network->scheduleOf(kernel, values)));
  }

  //===--- the choice ---===//

  /// Compiles those of `batch` that only an earlier search has compiled.
  llvm::Error complete(Batch batch) {
    llvm::erase_if(batch, [&](auto &entry) { return network->kernels[entry.first].codes.count(entry.second); });
    std::vector<Candidate> candidates;
    for (const auto &[kernel, values] : batch)
      candidates.push_back({kernel, network->scheduleOf(kernel, values)});
    auto codes = libraries.compile(candidates, isInterrupted);
    if (!codes)
      return codes.takeError();
    for (auto [candidate, code] : llvm::zip_equal(batch, *codes))
      if (code)
        network->kernels[candidate.first].codes[candidate.second] = *code;
    return llvm::Error::success();
  }

  /// Times the best of each kernel again, side by side with two runs of the compiler's own, whose difference shows how
  /// much is noise.
  llvm::Error settle() {
    constexpr size_t finalists = 3;
    Batch open;
    for (auto [number, kernel] : llvm::enumerate(network->kernels))
      if (!kernel.finding)
        for (const KnobValues &values : network->searches[number].best(finalists))
          open.emplace_back(number, values);
    if (llvm::Error error = complete(open))
      return error;
    std::vector<Configuration> configurations(1 + finalists + 1);
    std::vector<std::vector<const KnobValues *>> seated(network->kernels.size());
    for (const auto &[number, values] : open) {
      auto &codes = network->kernels[number].codes;
      if (auto code = codes.find(values); code != codes.end()) {
        seated[number].push_back(&values);
        configurations[seated[number].size()][number] = code->second;
      }
    }
    if (open.empty())
      return llvm::Error::success();
    show("choice");
    auto times = timeConfigurations(libraries.trial, configurations,
                                    {secondsFor(configurations.size(), 20, 0.6), /*least=*/5, /*most=*/60});
    if (!times)
      return times.takeError();
    for (size_t number = 0; number < seated.size(); ++number)
      if (!seated[number].empty())
        choose(number, seated[number], *times);
    return llvm::Error::success();
  }

  /// Chooses among the schedules `list` of a kernel, which ran in the configurations between the first and the last.
  void choose(size_t number, ArrayRef<const KnobValues *> list, ArrayRef<NetworkTimes> times) {
    const RunTime &first = times.front().kernels[number], &last = times.back().kernels[number];
    RunTime own{std::min(first.minimum, last.minimum), std::min(first.median, last.median)};
    double noise = std::abs(first.minimum / last.minimum - 1);
    double best = 1 - std::max(margin, 2 * noise);
    double calls = double(network->kernels[number].calls);
    KernelSearch &search = network->searches[number];
    Finding finding{search.getSpace().chosen, own.minimum / calls, own.minimum / calls};
    for (auto [place, values] : llvm::enumerate(list)) {
      const RunTime &time = times[place + 1].kernels[number];
      double ratio = std::max(time.minimum / own.minimum, time.median / own.median);
      search.note(*values, {Attempt::Measured, ratio}); // this is what is to be believed
      if (ratio < best) {
        best = ratio;
        finding.knobs = *values;
        finding.after = time.minimum / calls;
      }
    }
    network->settle(number, std::move(finding));
  }

  /// Runs the network with and without what was found.
  llvm::Error verify() {
    Batch changed;
    for (size_t number = 0; number < network->kernels.size(); ++number)
      if (network->isChanged(number))
        changed.emplace_back(number, network->kernels[number].finding->knobs);
    std::string key = network->key();
    if (changed.empty() || recallVerdict(key))
      return llvm::Error::success();
    if (llvm::Error error = complete(changed))
      return error;
    Configuration found;
    for (const auto &[number, values] : changed)
      if (auto &codes = network->kernels[number].codes; codes.count(values))
        found[number] = codes[values];
    show("whole network");
    auto times = timeConfigurations(libraries.trial, {Configuration(), found},
                                    {secondsFor(2, 40, 0.9), /*least=*/5, /*most=*/200});
    if (!times)
      return times.takeError();
    const NetworkTimes &own = times->front(), &tuned = times->back();
    if (!(tuned.difference <= tolerance))
      return llvm::make_error<ToolError>(
          exitInternalError, fmt::format("internal error: with the schedules that were found the outputs differ by "
                                         "{:.1e}; nothing is written",
                                         tuned.difference));
    bool faster = tuned.whole.median < own.whole.median && tuned.whole.minimum < own.whole.minimum;
    verdict = {own.whole.minimum / 1000, tuned.whole.minimum / 1000, faster};
    constexpr size_t certain = 15; // runs, for a verdict that need not be repeated
    if (faster || own.runs >= certain)
      network->keep(key, fmt::format("{:.4f} {:.4f} {}", verdict.before, verdict.after, faster ? "faster" : "slower"));
    return llvm::Error::success();
  }

  bool recallVerdict(StringRef key) {
    std::optional<std::string> text = network->recall(key);
    auto [times, judgement] = StringRef(text ? *text : "").rsplit(' ');
    auto [before, after] = times.split(' ');
    verdict.faster = judgement == "faster";
    return !before.getAsDouble(verdict.before) && !after.getAsDouble(verdict.after);
  }

  llvm::Error write(StringRef path) {
    std::vector<size_t> entries = entriesOf(*network, verdict);
    std::string text = scheduleFileText(*network, entries, libraries.name, libraries.target().name);
    if (llvm::Error error = writeFile(path, [&](llvm::raw_ostream &stream) { stream << text; }))
      return error;
    Progress::clear();
    if (request.compile.quiet)
      return llvm::Error::success();
    llvm::outs() << tuneTable(*network, entries);
    llvm::outs().flush();
    llvm::errs() << fmt::format("fovea: {}: {} on {}: {}; {:.1f} s\n", path.str(), libraries.name, network->machine,
                                tuneSummary(*network, verdict, entries, exhausted), progress.seconds());
    return llvm::Error::success();
  }

  const TuneRequest &request;
  Progress progress;
  TrialLibraries libraries;
  std::optional<TunedNetwork> network;
  double secondsOfRun = 0; ///< of the network, on the clock
  bool exhausted = false;  ///< all that is near is known
  TuneVerdict verdict;
};

} // namespace

int fovea::tuneCommand(const TuneRequest &request) { return Tuner(request).run(); }
