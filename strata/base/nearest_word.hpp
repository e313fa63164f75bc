#pragma once
// Finds the word that a person may have meant.
#include <cstddef>
#include <string_view>

namespace strata {

/// Returns how many letters must be inserted, removed or changed to make one word into the other (Levenshtein's
/// distance).
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace strata
