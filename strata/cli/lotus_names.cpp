#include <strata/cli/lotus_names.hpp>

#include <algorithm>
#include <array>

namespace strata::cli {
namespace {

constexpr auto kNames = std::to_array<LotusName>({
    {"daemon stop", "node stop"},
    {"status", "node status"},
    {"info", "node status"},
    {"version", "--version"},
    {"auth create-token", "auth token"},
    {"wallet set-default", "wallet default"},
    {"wallet validate-address", "wallet validate"},
    {"chain getblock", "chain block"},
    {"chain get-block", "chain block"},
    {"chain getmessage", "chain msg"},
    {"chain get-message", "chain msg"},
    {"chain read-obj", "chain read"},
    {"chain stat-obj", "chain stat"},
    {"chain gas-price", "chain gas"},
    {"chain decode params", "state decode"},
    {"chain encode params", "state encode"},
    {"state get-actor", "state actor"},
    {"state get-deal", "state deal"},
    {"state miner-info", "state miner"},
    {"state miner-proving-deadline", "state proving-deadline"},
    {"state decode-params", "state decode"},
    {"state exec-trace", "state replay"},
    {"state search-msg", "chain msg"},
    {"state wait-msg", "msg wait"},
    {"msig propose-remove", "msig remove-propose"},
    {"net listen", "net id"},
    {"net findpeer", "net find-peer"},
    {"net find-peer", "net find-peer"},
    {"client commP", "pieces commp"},
    {"client car-gen", "car pack"},
    {"lotus-miner info", "sp info"},
    {"lotus-miner sectors list", "sp sectors"},
    {"lotus-miner sectors pledge", "sp pledge"},
    {"lotus-miner sectors extend", "sp extend"},
    {"lotus-miner sectors terminate", "sp terminate"},
    {"lotus-miner sectors compact-partitions", "sp compact"},
    {"lotus-miner proving deadlines", "sp deadlines"},
    {"lotus-miner proving faults", "sp faults"},
    {"lotus-miner proving info", "sp info"},
    {"lotus-miner actor withdraw", "sp withdraw"},
    {"lotus-miner actor repay-debt", "sp repay-debt"},
    {"lotus-miner storage list", "sp storage"},
    {"lotus-miner net id", "net id"},
    {"lotus-miner net peers", "net peers"},
});

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> out;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find(' ', at), text.size());
        out.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return out;
}

/// Returns where the verb begins: after the options of the program, each of which has a value.
std::size_t begin_of_verb(const std::vector<std::string>& words) {
    std::size_t at = 0;
    while (at < words.size() && words[at].starts_with("--log-")) at += words[at].find('=') == std::string::npos ? 2 : 1;
    return std::min(at, words.size());
}

}  // namespace

std::span<const LotusName> lotus_names() {
    return kNames;
}

std::vector<std::string> with_our_names(std::vector<std::string> words) {
    const auto begin = static_cast<std::ptrdiff_t>(begin_of_verb(words));
    if (begin < std::ssize(words) && words[static_cast<std::size_t>(begin)] == "lotus")
        words.erase(words.begin() + begin);
    const LotusName* best = nullptr;
    std::size_t most = 0;
    for (const auto& row : kNames) {
        const auto theirs = words_of(row.theirs);
        const bool fits =
            theirs.size() > most && words.size() - static_cast<std::size_t>(begin) >= theirs.size() &&
            std::ranges::equal(theirs, std::span(words).subspan(static_cast<std::size_t>(begin), theirs.size()));
        if (!fits) continue;
        best = &row;
        most = theirs.size();
    }
    if (best == nullptr) return words;
    words.erase(words.begin() + begin, words.begin() + begin + static_cast<std::ptrdiff_t>(most));
    const auto ours = words_of(best->ours);
    words.insert(words.begin() + begin, ours.begin(), ours.end());
    return words;
}

}  // namespace strata::cli
