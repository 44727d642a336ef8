#include "compiler/tools/Progress.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

using namespace fovea;

bool Progress::drawn = false;

Progress::Progress(bool quiet) : visible(!quiet && isatty(STDERR_FILENO)) {
  const char *terminal = std::getenv("TERM");
  if (terminal && llvm::StringRef(terminal) == "dumb")
    visible = false;
}

Progress::~Progress() { clear(); }

double Progress::seconds() const { return std::chrono::duration<double>(Clock::now() - start).count(); }

void Progress::phase(llvm::StringRef name) {
  phaseStart = Clock::now();
  draw(0, name);
}

void Progress::kernels(int done, int total, llvm::StringRef last) {
  double elapsed = std::chrono::duration<double>(Clock::now() - phaseStart).count();
  double left = done ? elapsed / done * (total - done) : 0;
  draw(double(done) / total, fmt::format("kernel {}/{}, {:.0f} s left: {}", done, total, std::ceil(left), last.str()));
}

void Progress::draw(double fraction, llvm::StringRef text) {
  if (!visible)
    return;
  winsize window{};
  int columns = ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col ? window.ws_col : 80;
  constexpr int barWidth = 20;
  int filled = static_cast<int>(fraction * barWidth);
  std::string line =
      fmt::format("[{}{}] {}", std::string(filled, '#'), std::string(barWidth - filled, '.'), text.str());
  // A line that wraps could not be wiped.
  line.resize(std::min<size_t>(line.size(), std::max(columns - 1, 1)));
  llvm::errs() << "\r\033[K" << line;
  drawn = true;
}

void Progress::clear() {
  if (drawn)
    llvm::errs() << "\r\033[K";
  drawn = false;
}
