// What is known of a kernel, written and read back.
#include "compiler/tune/Record.h"
#include <gtest/gtest.h>

using namespace fovea;

TEST(Record, IsReadAsItWasWritten) {
  KernelRecord record;
  record.attempts[{16, 1, 7}] = {Attempt::Measured, 0.953};
  record.attempts[{8, 2, 7}] = {Attempt::Wrong};
  record.attempts[{16, 9, 0}] = {Attempt::Failed};
  record.finding = Finding{{16, 1, 7}, 12.5, 11.875};
  std::string text = printRecord(record);
  EXPECT_EQ(text, "wrong 8 2 7\n0.9530 16 1 7\nfailed 16 9 0\nsettled 12.500 11.875 16 1 7\n");
  std::optional<KernelRecord> read = parseRecord(text, 3);
  ASSERT_TRUE(read);
  EXPECT_EQ(printRecord(*read), text);
  EXPECT_EQ(read->attempts.at({16, 1, 7}).ratio, 0.953);
  EXPECT_EQ(read->finding->after, 11.875);
}

TEST(Record, OfOtherKnobsIsNone) {
  EXPECT_TRUE(parseRecord("", 3));
  EXPECT_FALSE(parseRecord("0.9 16 1\n", 3));
  EXPECT_FALSE(parseRecord("fast 16 1 7\n", 3));
  EXPECT_FALSE(parseRecord("0.9 16 x 7\n", 3));
  EXPECT_FALSE(parseRecord("settled 1.0 16 1 7\n", 3));
  EXPECT_FALSE(parseRecord("settled 1.0 y 16 1 7\n", 3));
}

TEST(Record, TheCpuHasAName) { EXPECT_FALSE(cpuName().empty()); }
