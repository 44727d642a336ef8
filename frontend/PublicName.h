// Names that the C header of a library shows.
#ifndef FOVEA_FRONTEND_PUBLICNAME_H
#define FOVEA_FRONTEND_PUBLICNAME_H

#include "llvm/ADT/StringRef.h"
#include <string>

namespace fovea {

/// Why `name` cannot stand in a C and C++ header, as the end of a sentence; empty if it can: a letter or underscore,
/// then letters, digits and underscores, 63 at most, no word of C or C++, and not reserved for compilers.
std::string faultOfPublicName(llvm::StringRef name);

} // namespace fovea

#endif
