#include "dialect/Nearest.h"
#include "llvm/ADT/StringExtras.h"

std::string fovea::nearest(llvm::StringRef wrong, llvm::ArrayRef<llvm::StringRef> legal) {
  llvm::StringRef best;
  unsigned bestDistance = std::max<size_t>(1, wrong.size() / 3) + 1;
  for (llvm::StringRef name : legal) {
    unsigned distance = wrong.edit_distance_insensitive(name, /*AllowReplacements=*/true, bestDistance);
    if (distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  if (!best.empty())
    return "; did you mean '" + best.str() + "'?";
  if (legal.empty())
    return "";
  return "; expected one of " + llvm::join(legal.take_front(10), ", ") + (legal.size() > 10 ? ", ..." : "");
}
