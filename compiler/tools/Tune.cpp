#include "compiler/tools/Tune.h"
#include "compiler/halide/ScheduleFile.h"
#include "compiler/tools/TrialLibraries.h"
#include "compiler/tune/Record.h"
#include "frontend/FileIO.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"
#include <csignal>
#include <fmt/core.h>
#include <thread>

using namespace mlir;
using namespace fovea;

namespace {

/// A kernel must be faster by this much to have an entry.
constexpr double margin = 0.02;
/// The network's outputs may differ by this much: roundings of kernels add up.
constexpr double tolerance = 1e-3;

/// A kernel of the network, and what is known of it.
struct TunedKernel {
  kern::FuncOp kernel;
  std::string key; ///< in the cache
  size_t calls = 0;
  double share = 0; ///< of the network's time
  std::optional<Finding> finding;
  std::map<KnobValues, KernelCode> codes; ///< compiled by this search
};

/// The time of the network as the compiler makes it, and with what was found, in milliseconds.
struct Verdict {
  double before = 0, after = 0;
  bool faster = false;
};

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
    output = path.str().str();
    for (auto step : {&Tuner::profile, &Tuner::search, &Tuner::settle, &Tuner::verify})
      if (llvm::Error error = (this->*step)())
        return fail(std::move(error));
    return fail(write());
  }

private:
  //===--- time ---===//

  double secondsLeft(double reserve = 0) const { return request.seconds - reserve - progress.seconds(); }

  /// The user wants an end. Signals wait as long as there are temporary files.
  static bool isInterrupted() {
    sigset_t pending;
    sigpending(&pending);
    return sigismember(&pending, SIGINT) || sigismember(&pending, SIGTERM) || sigismember(&pending, SIGHUP);
  }

  bool isOver(double reserve) const { return secondsLeft(reserve) <= 0 || isInterrupted(); }

  /// What comparing finalists and the whole network takes.
  double reserve() const { return std::min(request.seconds / 4, 1 + 120e-6 * runTime); }

  void show(llvm::StringRef what) {
    progress.show(progress.seconds() / request.seconds,
                  fmt::format("{}: {} schedules tried, {} kernels faster, {:.0f} s left", what.str(), tried,
                              llvm::count_if(searches, [](auto &search) { return !search.best(1).empty(); }),
                              std::max(0.0, secondsLeft())));
  }

  //===--- what is there ---===//

  KnobValues valuesOf(kern::ScheduleAttr schedule) const {
    KnobValues values;
    for (const kern::Knob &knob : strategyOf(schedule)->knobs)
      values.push_back(schedule.getKnob(knob.name));
    return values;
  }

  static const kern::Strategy *strategyOf(kern::ScheduleAttr schedule) {
    return *llvm::find_if(kern::strategies(), [&](auto *known) { return known->name == schedule.getStrategy(); });
  }

  kern::ScheduleAttr scheduleOf(size_t kernel, const KnobValues &values) const {
    kern::ScheduleAttr own = kern::FuncOp(kernels[kernel].kernel).getScheduleAttr();
    SmallVector<std::pair<StringRef, int64_t>> knobs;
    for (auto [knob, value] : llvm::zip_equal(strategyOf(own)->knobs, values))
      knobs.emplace_back(knob.name, value);
    return kern::ScheduleAttr::get(own.getContext(), own.getStrategy(), knobs);
  }

  /// The times of all kernels as they are, and what earlier searches know.
  llvm::Error profile() {
    cache = openCache(request.compile);
    progress.phase("profile");
    auto times = timeConfigurations(libraries.trial, Configuration(), {.seconds = 0.3, .least = 3, .most = 30});
    if (!times)
      return times.takeError();
    runTime = times->front().whole.median;
    double total = 0;
    for (const RunTime &time : times->front().kernels)
      total += time.minimum;
    const TargetInfo &target = libraries.target();
    machine = fmt::format("{}, {} thread{}", cpuName(), request.threads, request.threads == 1 ? "" : "s");
    for (auto [kernel, time] : llvm::zip_equal(libraries.kernels(), times->front().kernels)) {
      TunedKernel &tuned = kernels.emplace_back();
      tuned.kernel = kernel;
      tuned.key = KernelCache::keyOf("schedules of " + signatureOf(kernel) + " on " + machine, target);
      tuned.share = time.minimum / total;
      shares.push_back(tuned.share);
      kern::ScheduleAttr schedule = kernel.getScheduleAttr();
      SearchSpace space{strategyOf(schedule), valuesOf(schedule),     {},
                        target.lanes(),       target.vectorRegisters, request.threads > 1};
      for (Type type : kernel.getResultTypes())
        llvm::append_range(space.extents, cast<RankedTensorType>(type).getShape());
      recall(tuned, searches.emplace_back(std::move(space)));
    }
    for (size_t kernel : libraries.trial.steps)
      ++kernels[kernel].calls;
    return llvm::Error::success();
  }

  void recall(TunedKernel &kernel, KernelSearch &search) {
    std::optional<std::string> text = cache && !kernel.key.empty() ? cache->findText(kernel.key) : std::nullopt;
    auto record = text ? parseRecord(*text, search.getSpace().chosen.size()) : std::nullopt;
    if (!record)
      return;
    for (const auto &[values, attempt] : record->attempts) {
      search.note(values, attempt);
      experience.note(search.getSpace(), values, attempt);
    }
    known += record->attempts.size();
    kernel.finding = record->finding;
  }

  void keep(size_t number) const {
    if (!cache || kernels[number].key.empty())
      return;
    KernelRecord record{{}, kernels[number].finding};
    for (const auto &[values, attempt] : searches[number].all())
      if (attempt)
        record.attempts[values] = *attempt;
    cache->storeText(kernels[number].key, printRecord(record));
  }

  //===--- the search ---===//

  llvm::Error search() {
    constexpr size_t mostOfOneKernel = 10;
    size_t jobs = request.compile.jobs ? request.compile.jobs : std::max(1u, std::thread::hardware_concurrency());
    size_t count = 10 * jobs;
    while (!isOver(reserve())) {
      show("search");
      double start = progress.seconds();
      auto batch = nextToTry(searches, shares, experience, count, mostOfOneKernel);
      exhausted = batch.empty();
      if (exhausted)
        return llvm::Error::success();
      auto codes = compile(batch);
      if (!codes)
        return codes.takeError();
      double perCandidate = (progress.seconds() - start) / batch.size();
      if (llvm::Error error = measure(batch, *codes))
        return error;
      // A round takes a tenth of the time, so that what is learned in one helps the next.
      count = std::clamp<size_t>(std::clamp(request.seconds / 12, 1.0, 12.0) / perCandidate, 4 * jobs, 400);
    }
    return llvm::Error::success();
  }

  using Batch = std::vector<std::pair<size_t, KnobValues>>;

  /// The code of each that could be compiled; what could not is noted.
  llvm::Expected<std::vector<std::optional<KernelCode>>> compile(const Batch &batch) {
    std::vector<Candidate> candidates;
    for (const auto &[kernel, values] : batch)
      candidates.push_back({kernel, scheduleOf(kernel, values)});
    auto cancelled = [this] {
      show("search");
      return isOver(reserve());
    };
    auto codes = libraries.compile(candidates, cancelled);
    if (!codes)
      return codes;
    for (auto [candidate, code] : llvm::zip_equal(batch, *codes)) {
      auto &[kernel, values] = candidate;
      if (code)
        kernels[kernel].codes[values] = *code;
      else if (!isOver(reserve())) // else it may just have come too late
        note(kernel, values, {Attempt::Failed});
    }
    return codes;
  }

  void note(size_t kernel, const KnobValues &values, Attempt attempt) {
    searches[kernel].note(values, attempt);
    experience.note(searches[kernel].getSpace(), values, attempt);
    ++tried;
    failed += attempt.kind == Attempt::Failed;
    if (attempt.kind == Attempt::Measured && attempt.ratio < 1)
      kernels[kernel].finding.reset(); // there may be something better now
  }

  /// Compares and times what has been compiled.
  llvm::Error measure(const Batch &batch, llvm::ArrayRef<std::optional<KernelCode>> codes) {
    libraries.trial.cancelled = [this] { return isInterrupted() || secondsLeft() < 0; };
    std::vector<Variant> variants;
    std::vector<const KnobValues *> values;
    for (auto [candidate, code] : llvm::zip_equal(batch, codes))
      if (code) {
        variants.push_back({candidate.first, *code});
        values.push_back(&candidate.second);
      }
    if (variants.empty() || isOver(0))
      return llvm::Error::success();
    std::vector<Comparison> comparisons = compareVariants(libraries.trial, variants);
    std::vector<Configuration> configurations(1); // the first is the compiler's own
    std::vector<size_t> used(kernels.size());
    std::vector<std::pair<size_t, size_t>> timed; // variant and configuration
    std::set<size_t> touched;
    for (auto [number, comparison] : llvm::enumerate(comparisons)) {
      size_t kernel = variants[number].kernel;
      touched.insert(kernel);
      if (comparison.kind == Comparison::Failed)
        note(kernel, *values[number], {Attempt::Failed});
      if (comparison.kind == Comparison::Wrong)
        dropWrong(kernel, *values[number], comparison.error);
      if (comparison.kind != Comparison::Same && comparison.kind != Comparison::Close)
        continue;
      size_t configuration = ++used[kernel];
      configurations.resize(std::max(configurations.size(), configuration + 1));
      configurations[configuration][kernel] = variants[number].code;
      timed.emplace_back(number, configuration);
    }
    // Half a second for each, and enough runs to find a quiet moment.
    double seconds = std::clamp(0.4, 4e-6 * runTime, 15e-6 * runTime) * configurations.size();
    if (isOver(0) || timed.empty())
      return llvm::Error::success();
    auto times = timeConfigurations(libraries.trial, configurations, {seconds, 3, 40, /*dropSlow=*/true});
    if (!times)
      return isOver(0) ? llvm::consumeError(times.takeError()), llvm::Error::success() : times.takeError();
    for (auto [number, configuration] : timed) {
      size_t kernel = variants[number].kernel;
      const RunTime &own = times->front().kernels[kernel], &other = (*times)[configuration].kernels[kernel];
      note(kernel, *values[number], {Attempt::Measured, other.minimum / own.minimum});
    }
    for (size_t kernel : touched)
      keep(kernel);
    return llvm::Error::success();
  }

  void dropWrong(size_t kernel, const KnobValues &values, double error) {
    note(kernel, values, {Attempt::Wrong});
    Progress::clear();
    if (!request.compile.quiet)
      llvm::errs() << fmt::format("fovea: {}: dropped a schedule whose results differ by {:.0e}: {}\n",
                                  kernels[kernel].kernel.getSymName().str(), error,
                                  scheduleText(scheduleOf(kernel, values)));
  }

  //===--- the choice ---===//

  /// Compiles those of `batch` that an earlier search knows.
  llvm::Error complete(Batch &batch) {
    llvm::erase_if(batch, [&](auto &entry) { return kernels[entry.first].codes.count(entry.second); });
    std::vector<Candidate> candidates;
    for (const auto &[kernel, values] : batch)
      candidates.push_back({kernel, scheduleOf(kernel, values)});
    auto codes = libraries.compile(candidates, isInterrupted);
    if (!codes)
      return codes.takeError();
    for (auto [candidate, code] : llvm::zip_equal(batch, *codes))
      if (code)
        kernels[candidate.first].codes[candidate.second] = *code;
    return llvm::Error::success();
  }

  /// Times the best of each kernel again, side by side with two runs of the compiler's own, whose difference shows how
  /// much is noise.
  llvm::Error settle() {
    constexpr size_t finalists = 3;
    Batch open;
    for (auto [number, kernel] : llvm::enumerate(kernels)) {
      if (kernel.finding)
        continue;
      for (const KnobValues &values : searches[number].best(finalists)) {
        open.emplace_back(number, values);
      }
    }
    Batch missing = open;
    if (llvm::Error error = complete(missing))
      return error;
    std::vector<Configuration> configurations(1 + finalists + 1);
    std::vector<std::vector<const KnobValues *>> seated(kernels.size());
    for (const auto &[number, values] : open)
      if (auto code = kernels[number].codes.find(values); code != kernels[number].codes.end()) {
        seated[number].push_back(&values);
        configurations[seated[number].size()][number] = code->second;
      }
    if (open.empty())
      return llvm::Error::success();
    show("choice");
    libraries.trial.cancelled = nullptr; // it is short
    double seconds = std::clamp(2.0, 8e-6 * runTime, 30e-6 * runTime) * configurations.size();
    auto times = timeConfigurations(libraries.trial, configurations, {seconds, 5, 60});
    if (!times)
      return times.takeError();
    for (auto [number, list] : llvm::enumerate(seated)) {
      if (list.empty())
        continue;
      const RunTime &own = times->front().kernels[number], &again = times->back().kernels[number];
      double noise = std::abs(own.minimum / again.minimum - 1);
      double factor = 1 - std::max(margin, 2 * noise);
      RunTime best{std::min(own.minimum, again.minimum), std::min(own.median, again.median)}, before = best;
      const KnobValues *winner = &searches[number].getSpace().chosen;
      for (auto [place, values] : llvm::enumerate(list)) {
        const RunTime &time = (*times)[place + 1].kernels[number];
        if (time.minimum < factor * before.minimum && time.median < factor * before.median &&
            time.minimum < best.minimum) {
          best = time;
          winner = values;
        }
      }
      double calls = double(kernels[number].calls);
      kernels[number].finding = Finding{*winner, before.minimum / calls, best.minimum / calls};
      keep(number);
    }
    return llvm::Error::success();
  }

  bool isChanged(size_t kernel) const {
    return kernels[kernel].finding && kernels[kernel].finding->knobs != searches[kernel].getSpace().chosen;
  }

  /// Runs the network with and without what was found.
  llvm::Error verify() {
    Configuration found;
    Batch missing;
    std::string text;
    for (auto [number, kernel] : llvm::enumerate(kernels))
      if (isChanged(number)) {
        text += signatureOf(kernel.kernel) + " " + scheduleText(scheduleOf(number, kernel.finding->knobs)) + "\n";
        missing.emplace_back(number, kernel.finding->knobs);
      }
    if (missing.empty())
      return llvm::Error::success();
    std::string shape;
    for (size_t step : libraries.trial.steps)
      shape += kernels[step].key;
    std::string key = KernelCache::keyOf("network " + shape + " with\n" + text + machine, libraries.target());
    if (std::optional<std::string> known = cache && !key.empty() ? cache->findText(key) : std::nullopt) {
      auto [times, judgement] = StringRef(*known).rsplit(' ');
      auto [before, after] = times.split(' ');
      if (!before.getAsDouble(verdict.before) && !after.getAsDouble(verdict.after)) {
        verdict.faster = judgement == "faster";
        return llvm::Error::success();
      }
    }
    if (llvm::Error error = complete(missing))
      return error;
    for (auto [number, kernel] : llvm::enumerate(kernels))
      if (isChanged(number))
        if (auto code = kernel.codes.find(kernel.finding->knobs); code != kernel.codes.end())
          found[number] = code->second;
    show("whole network");
    libraries.trial.cancelled = nullptr;
    double seconds = std::clamp(3.0, 10e-6 * runTime, 100e-6 * runTime);
    auto times = timeConfigurations(libraries.trial, {Configuration(), found}, {seconds, 5, 200});
    if (!times)
      return times.takeError();
    const NetworkTimes &own = times->front(), &tuned = times->back();
    if (!(tuned.difference <= tolerance))
      return llvm::make_error<ToolError>(
          exitInternalError, fmt::format("internal error: with the schedules that were found the outputs differ by "
                                         "{:.1e}; nothing is written",
                                         tuned.difference));
    verdict = {own.whole.minimum / 1000, tuned.whole.minimum / 1000,
               tuned.whole.median < own.whole.median && tuned.whole.minimum < own.whole.minimum};
    if (cache && !key.empty())
      cache->storeText(
          key, fmt::format("{:.4f} {:.4f} {}", verdict.before, verdict.after, verdict.faster ? "faster" : "slower"));
    return llvm::Error::success();
  }

  //===--- the result ---===//

  static std::string scheduleText(kern::ScheduleAttr schedule) {
    std::string text;
    llvm::raw_string_ostream stream(text);
    stream << schedule.getStrategy() << " {";
    llvm::interleaveComma(schedule.getKnobs(), stream, [&](NamedAttribute knob) {
      stream << knob.getName().getValue() << " = " << cast<IntegerAttr>(knob.getValue()).getInt();
    });
    stream << "}";
    return text;
  }

  /// `tile_m 7 -> 14`, of all knobs that are not the compiler's choice.
  std::string changesOf(size_t kernel) const {
    std::string text;
    const SearchSpace &space = searches[kernel].getSpace();
    for (auto [knob, own, found] : llvm::zip_equal(space.strategy->knobs, space.chosen, kernels[kernel].finding->knobs))
      if (own != found)
        text += fmt::format("{}{} {} -> {}", text.empty() ? "" : ", ", knob.name.str(), own, found);
    return text;
  }

  llvm::Error write() {
    std::vector<size_t> changed;
    for (size_t kernel = 0; kernel < kernels.size() && verdict.faster; ++kernel)
      if (isChanged(kernel))
        changed.push_back(kernel);
    auto gain = [&](size_t kernel) {
      const Finding &finding = *kernels[kernel].finding;
      return (finding.before - finding.after) * double(kernels[kernel].calls);
    };
    llvm::sort(changed, [&](size_t a, size_t b) { return std::pair(-gain(a), a) < std::pair(-gain(b), b); });
    std::string text = fmt::format("// Found by 'fovea tune' for {} on {}.\n// For: fovea compile ... --schedule FILE\n"
                                   "target \"{}\"\n",
                                   libraries.name, machine, libraries.target().name);
    std::string table;
    for (size_t kernel : changed) {
      const Finding &finding = *kernels[kernel].finding;
      std::string times = fmt::format("{} x {:.1f} -> {:.1f} us", kernels[kernel].calls, finding.before, finding.after);
      text += fmt::format("\n// {}: {}; {}\nkernel \"{}\" = {}\n", kernels[kernel].kernel.getSymName().str(), times,
                          changesOf(kernel), signatureOf(kernels[kernel].kernel),
                          scheduleText(scheduleOf(kernel, finding.knobs)));
      table += fmt::format("{:<40} {:>28} {:>6.1f} %   {}\n", kernels[kernel].kernel.getSymName().str(), times,
                           100 * (finding.after / finding.before - 1), changesOf(kernel));
    }
    if (llvm::Error error = writeFile(output, [&](llvm::raw_ostream &stream) { stream << text; }))
      return error;
    Progress::clear();
    if (request.compile.quiet)
      return llvm::Error::success();
    llvm::outs() << table;
    llvm::outs().flush();
    std::string count = fmt::format("{} schedules tried ({} of them not to be compiled), {} known before{}", tried,
                                    failed, known, exhausted ? "; nothing is left to try" : "");
    std::string result = verdict.faster ? fmt::format("{:.3f} -> {:.3f} ms, {} of {} kernels changed", verdict.before,
                                                      verdict.after, changed.size(), kernels.size())
                         : verdict.before > 0
                             ? fmt::format("what was found is no faster as a whole ({:.3f} -> {:.3f} ms): no entries",
                                           verdict.before, verdict.after)
                             : "no schedule is faster than the compiler's own: no entries";
    llvm::errs() << fmt::format("fovea: {}: {} on {}: {}; {}; {:.1f} s\n", output, libraries.name, machine, result,
                                count, progress.seconds());
    return llvm::Error::success();
  }

  const TuneRequest &request;
  Progress progress;
  TrialLibraries libraries;
  std::optional<KernelCache> cache;
  std::string machine, output;
  std::vector<TunedKernel> kernels;
  std::vector<KernelSearch> searches; ///< of each kernel
  std::vector<double> shares;
  Experience experience;
  double runTime = 0; ///< of the network, in microseconds
  size_t tried = 0, failed = 0, known = 0;
  bool exhausted = false; ///< all that is near is known
  Verdict verdict;
};

} // namespace

int fovea::tuneCommand(const TuneRequest &request) { return Tuner(request).run(); }
