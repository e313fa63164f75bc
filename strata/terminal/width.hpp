#pragma once
// Fits text into the columns of a terminal. A character counts as one column; the program prints none that are wider.
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

namespace strata::terminal {

/// Returns the columns of the terminal that a stream writes to; 0 if it writes to something else, or if the terminal
/// does not say.
std::size_t columns_of(std::FILE* stream);

/// Returns at most `columns` characters of a line; one that is longer ends with "…". With 0 columns the line stays.
std::string cut(std::string_view line, std::size_t columns);

/// Breaks the lines of a text that are longer than `columns` at spaces. What follows a break begins below the value of
/// a line that is a name and its value (two or more spaces separate them), and else below the line's first word. A word
/// that is longer than a line stays whole, so that it can be copied. With 0 columns the text stays.
std::string folded(std::string_view text, std::size_t columns);

}  // namespace strata::terminal
