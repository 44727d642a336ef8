#include "frontend/PublicName.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using llvm::StringRef;

static bool isReserved(StringRef name) {
  return name.starts_with("__") || (name.starts_with("_") && name.size() > 1 && llvm::isUpper(name[1])) ||
         llvm::StringSwitch<bool>(name)
             .Cases({"main", "asm",    "auto",  "bool",      "break",    "case",    "catch",
                     "char", "class",  "const", "constexpr", "continue", "default", "delete",
                     "do",   "double", "else",  "enum",      "explicit", "export",  "extern"},
                    true)
             .Cases({"false", "float", "for", "friend", "goto", "if", "inline", "int", "long", "mutable", "namespace",
                     "new", "noexcept", "nullptr", "operator", "private", "protected", "public", "register"},
                    true)
             .Cases({"requires", "restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch",
                     "template", "this", "throw", "true", "try", "typedef", "typename", "union", "unsigned"},
                    true)
             .Cases({"using", "virtual", "void", "volatile", "while"}, true)
             .Default(false);
}

std::string fovea::faultOfPublicName(StringRef name) {
  constexpr size_t longest = 63;
  if (name.empty() || llvm::isDigit(name.front()) ||
      !llvm::all_of(name, [](char c) { return llvm::isAlnum(c) || c == '_'; }))
    return "is no name in C: letters, digits and underscores, the first no digit";
  if (isReserved(name))
    return "is reserved in C, where the library's header would use it";
  if (name.size() > longest)
    return "has " + std::to_string(name.size()) + " characters; the library's header takes " + std::to_string(longest);
  return "";
}
