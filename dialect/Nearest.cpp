#include "dialect/Nearest.h"
#include "llvm/ADT/StringExtras.h"
#include <vector>

/// Edits that make `from` into `to`, upper and lower case alike: a letter more, less, other, or two swapped
/// (optimal string alignment).
static unsigned distance(llvm::StringRef from, llvm::StringRef to) {
  std::vector<std::vector<unsigned>> cost(from.size() + 1, std::vector<unsigned>(to.size() + 1));
  for (size_t i = 0; i <= from.size(); ++i)
    for (size_t j = 0; j <= to.size(); ++j) {
      if (i == 0 || j == 0) {
        cost[i][j] = i + j;
        continue;
      }
      auto same = [&](size_t a, size_t b) { return llvm::toLower(from[a - 1]) == llvm::toLower(to[b - 1]); };
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + !same(i, j)});
      if (i > 1 && j > 1 && same(i, j - 1) && same(i - 1, j))
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  return cost[from.size()][to.size()];
}

std::string fovea::nearest(llvm::StringRef wrong, llvm::ArrayRef<llvm::StringRef> legal) {
  constexpr size_t longest = 256; // names beyond this are no slip of the pen
  llvm::StringRef best;
  unsigned bestDistance = std::max<size_t>(1, wrong.size() / 3) + 1;
  for (llvm::StringRef name : legal) {
    if (wrong.size() > longest || name.size() > longest)
      continue;
    unsigned edits = distance(wrong, name);
    if (edits < bestDistance) {
      best = name;
      bestDistance = edits;
    }
  }
  if (!best.empty())
    return "; did you mean '" + best.str() + "'?";
  if (legal.empty())
    return "";
  return "; expected one of " + llvm::join(legal.take_front(10), ", ") + (legal.size() > 10 ? ", ..." : "");
}
