// Protects what a person sees at the edge of a terminal: a line that is drawn over itself never takes two rows, words
// are not torn, and what is copied from the terminal is whole.
#include <strata/terminal/width.hpp>

#include <gtest/gtest.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace strata::terminal {
namespace {

TEST(Cut, a_line_that_is_too_long_ends_with_an_ellipsis) {
    EXPECT_EQ(cut("epoch 7", 7), "epoch 7");
    EXPECT_EQ(cut("epoch 7", 6), "epoch…");
    EXPECT_EQ(cut("epoch 7", 1), "…");
    EXPECT_EQ(cut("epoch 7", 0), "epoch 7");
    EXPECT_EQ(cut("", 3), "");
}

TEST(Cut, counts_characters_and_not_bytes) {
    EXPECT_EQ(cut("██░░", 4), "██░░");
    EXPECT_EQ(cut("██░░", 3), "██…");
}

TEST(Folded, the_rest_of_a_value_stands_below_its_begin) {
    EXPECT_EQ(folded("why      the disk is full and the power was cut\nnext     go", 20),
              "why      the disk is\n         full and\n         the power\n         was cut\nnext     go");
}

TEST(Folded, a_line_without_a_name_goes_on_below_its_first_word) {
    EXPECT_EQ(folded("  one two three", 9), "  one two\n  three");
    EXPECT_EQ(folded("one two three\n", 9), "one two\nthree\n");
}

TEST(Folded, a_word_that_is_longer_than_a_line_stays_whole) {
    EXPECT_EQ(folded("CID  bafkreidraj7tc2ouowijsx is it", 16), "CID  bafkreidraj7tc2ouowijsx\n     is it");
    EXPECT_EQ(folded("a bafkreidraj7tc2ouowijsx", 16), "a bafkreidraj7tc2ouowijsx");
    EXPECT_EQ(folded("next  strata get bafkreidraj7tc2ouowijsx now", 16),
              "next  strata get bafkreidraj7tc2ouowijsx\n      now");
}

TEST(Folded, a_value_in_the_right_half_does_not_squeeze_the_rest) {
    EXPECT_EQ(folded("one two three  four five", 20), "one two three  four\nfive");
}

TEST(Folded, a_text_for_a_file_is_not_touched) {
    EXPECT_EQ(folded("one  two three", 0), "one  two three");
    EXPECT_EQ(folded("\n\n", 5), "\n\n");
    EXPECT_EQ(folded("      ", 3), "      ");
}

TEST(ColumnsOf, a_terminal_says_them_and_a_file_has_none) {
    std::FILE* file = std::tmpfile();
    ASSERT_NE(file, nullptr);
    EXPECT_EQ(columns_of(file), 0U);
    std::fclose(file);
    int master = -1, slave = -1;
    winsize size{};
    size.ws_col = 57;
    ASSERT_EQ(::openpty(&master, &slave, nullptr, nullptr, &size), 0);
    std::FILE* terminal = ::fdopen(slave, "w");
    EXPECT_EQ(columns_of(terminal), 57U);
    std::fclose(terminal);
    ::close(master);
}

}  // namespace
}  // namespace strata::terminal
