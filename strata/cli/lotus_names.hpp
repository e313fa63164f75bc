#pragma once
// The verbs of Lotus' programs that have a counterpart here, by the names under which Lotus' users know them. Source:
// lotus cli/*.go, cmd/lotus-miner/*.go.
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace strata::cli {

struct LotusName {
    std::string_view theirs;  // "state get-actor"; "lotus-miner info" for a verb of that program
    std::string_view ours;    // "state actor"
};
/// Returns the table. Verbs that have the same name here are not in it.
std::span<const LotusName> lotus_names();

/// Returns the words of a command line, without the program's name, as this program names its verbs: a leading "lotus"
/// is left out, and the longest row of the table that begins the rest is replaced. Words after that stay as they are.
std::vector<std::string> with_our_names(std::vector<std::string> words);

}  // namespace strata::cli
