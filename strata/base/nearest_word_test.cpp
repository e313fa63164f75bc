#include <gtest/gtest.h>

#include <strata/base/nearest_word.hpp>

namespace strata {
namespace {

// The examples of textbooks: Wagner and Fischer's algorithm on "kitten" and "sitting" gives 3.
TEST(NearestWord, Levenshteins_distance) {
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
    EXPECT_EQ(edit_distance("flaw", "lawn"), 2u);
    EXPECT_EQ(edit_distance("", "abc"), 3u);
    EXPECT_EQ(edit_distance("abc", ""), 3u);
    EXPECT_EQ(edit_distance("same", "same"), 0u);
}

}  // namespace
}  // namespace strata
