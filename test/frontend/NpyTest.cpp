#include "frontend/Npy.h"
#include "test/frontend/TemporaryFile.h"

#include <cstring>

using namespace fovea;
using namespace fovea::test;

namespace {

/// A version 1 file: magic, header and data.
std::string npy(const std::string &header, size_t dataBytes) {
  std::string length = {char(header.size() & 255), char(header.size() >> 8)};
  return std::string("\x93NUMPY\x01\x00", 8) + length + header + std::string(dataBytes, 'x');
}

class Npy : public ::testing::Test {
protected:
  std::string read(const std::string &bytes) {
    writeBytes(path, bytes);
    return errorText(readNpy(path));
  }

  TemporaryFolder folder;
  std::string path = folder.file("a.npy");
};

TEST_F(Npy, RoundTrip) {
  for (auto [dtype, bytes] : {std::pair("f16", 2), {"f32", 4}, {"f64", 8}, {"i32", 4}, {"i64", 8}, {"u8", 1}})
    for (std::vector<int64_t> shape : {std::vector<int64_t>{}, {5}, {0, 3}, {1, 3, 2, 2}}) {
      NpyArray array{shape, dtype, {}};
      size_t count = bytes;
      for (int64_t size : shape)
        count *= size;
      for (size_t i = 0; i < count; ++i)
        array.data.push_back(char(i * 7));
      ASSERT_FALSE(bool(writeNpy(path, array)));
      llvm::Expected<NpyArray> back = readNpy(path);
      ASSERT_TRUE(bool(back)) << llvm::toString(back.takeError());
      EXPECT_EQ(back->shape, shape);
      EXPECT_EQ(back->dtype, dtype);
      EXPECT_EQ(back->data, array.data);
    }
  EXPECT_EQ(folder.count(), 1);
}

TEST_F(Npy, SameBytesAsNumPy) {
  // numpy.save of numpy.array([[1, 2]], "<f4")
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }";
  header.resize(117, ' ');
  std::string expected = npy(header + "\n", 0) + std::string("\0\0\x80\x3f\0\0\0\x40", 8);
  ASSERT_EQ(expected.size(), 136u);
  ASSERT_FALSE(bool(writeNpy(path, {{1, 2}, "f32", {0, 0, '\x80', 0x3f, 0, 0, 0, 0x40}})));
  EXPECT_EQ(readBytes(path), expected);
}

TEST_F(Npy, ReadsOtherSpellings) {
  EXPECT_EQ(read(npy("{\"shape\":(2,),\"descr\":\"<f4\",\"fortran_order\":False}", 8)), "");
  std::string two = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (), }\n", 1);
  two.replace(6, 4, std::string("\x02\x00", 2) + two[8] + std::string(3, '\0'));
  EXPECT_EQ(read(two), "");
}

TEST_F(Npy, Errors) {
  std::string good = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }\n";
  auto header = [&](const std::string &from, const std::string &to, size_t dataBytes = 8) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return read(npy(text, dataBytes));
  };
  struct {
    std::string found, expected;
  } cases[] = {
      {read(""), "does not begin with '\\x93NUMPY'"},
      {read("PK\x03\x04 no npy here"), "does not begin with"},
      {read(std::string("\x93NUMPY\x03\x00\x00\x00\x00", 11)), "version 3.0, expected 1.0 or 2.0"},
      {read(std::string("\x93NUMPY\x02\x00\x01\x00", 10)), "ends within the length"},
      {read(std::string("\x93NUMPY\x01\x00\xff\x00{}", 12)), "a header of 255 bytes, expected at most 2"},
      {read(npy(good, 7)), "holds 7 bytes of data, expected 8"},
      {read(npy(good, 9)), "holds 9 bytes of data, expected 8"},
      {header("False", "True"), "Fortran order, expected C order"},
      {header("False", "0"), "byte 44 of the header: expected True or False"},
      {header("<f4", ">f4"), "element type '>f4', expected one of '<f2' (f16), '<f4' (f32)"},
      {header("'<f4'", "[('a', '<f4')]"), "expected an element type in quotes"},
      {header("'shape': (1, 2), ", ""), "lacks the key 'shape'"},
      {header("'shape'", "'order'"), "expected one of the keys descr, fortran_order and shape, found 'order'"},
      {header("'shape'", "'descr'"), "expected each key once, found 'descr' again"},
      {header("(1, 2)", "(2)"), "expected ','"},
      {header("(1, 2)", "(-1, 2)"), "expected a size"},
      {header("(1, 2)", "(,)"), "expected a size"},
      {header("(1, 2)", "(1 2)"), "expected ','"},
      {header("(1, 2)", "[1, 2]"), "expected '('"},
      {header("(1, 2)", "(99999999999999999999, 2)"), "expected a size"},
      {header("(1, 2)", "(4611686018427387904, 4)"), "shape of 2^63 bytes or more"},
      {header("(1, 2)", "(1,1,1,1,1,1,1,1,2)"), "at most 8 axes"},
      {header("}", "} x"), "expected the end of the header"},
      {header("}", ""), "expected a key in quotes or '}'"},
      {header("{", ""), "expected '{'"},
  };
  for (auto &[found, expected] : cases) {
    EXPECT_NE(found.find(expected), std::string::npos) << "found: " << found << "\nexpected: " << expected;
    EXPECT_EQ(found.find(path), 0u) << found;
  }
}

TEST_F(Npy, EveryTruncationIsAnError) {
  std::string whole = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }\n", 8);
  ASSERT_EQ(read(whole), "");
  for (size_t length = 0; length < whole.size(); ++length)
    EXPECT_NE(read(whole.substr(0, length)), "") << length;
}

TEST_F(Npy, FilesThatAreNoFiles) {
  EXPECT_NE(errorText(readNpy(folder.file("absent.npy"))).find("cannot open: No such file or directory [file-access]"),
            std::string::npos);
  EXPECT_NE(errorText(readNpy(folder.path.string())).find("is a folder"), std::string::npos);
  EXPECT_NE(errorText(readNpy("/dev/zero")).find("is not a regular file"), std::string::npos);
}

TEST_F(Npy, FailedWritesLeaveNothing) {
  NpyArray array{{2}, "u8", {1, 2}};
  EXPECT_NE(llvm::toString(writeNpy(folder.file("absent/a.npy"), array)).find("cannot write"), std::string::npos);
  EXPECT_NE(llvm::toString(writeNpy(folder.file(""), array)).find("is a folder"), std::string::npos);
  EXPECT_FALSE(writeNpy("/dev/null", array)); // written as it is, not replaced
  EXPECT_NE(llvm::toString(writeNpy(path, {{3}, "u8", {1, 2}})).find("does not fit"), std::string::npos);
  EXPECT_NE(llvm::toString(writeNpy(path, {{2}, "bool", {1, 2}})).find("element type 'bool'"), std::string::npos);
  EXPECT_EQ(folder.count(), 0);
}

} // namespace
