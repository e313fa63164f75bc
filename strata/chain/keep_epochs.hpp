#pragma once
// How many tipsets keep their states (chain/collector.hpp), as a number and as a person writes it.
#include <charconv>
#include <string>

#include <strata/base/result.hpp>
#include <strata/types/basic.hpp>

namespace strata::chain {

/// Rules look back up to 1,800 epochs: the lookback of 900 (docs/protocol/node.md §7) from a block that is 900 below
/// the head, as old as a fork or a reported fault may be.
inline constexpr ChainEpoch kLeastKeptEpochs = 1'900;
inline constexpr ChainEpoch kDefaultKeptEpochs = 2'000;
inline constexpr std::string_view kKeepAllEpochs = "all";

inline std::string keep_epochs_text(ChainEpoch epochs) {
    return epochs == 0 ? std::string(kKeepAllEpochs) : std::to_string(epochs);
}
/// Returns 0 for "all". Errors: invalid_argument.
inline Result<ChainEpoch> parse_keep_epochs(std::string_view text) {
    if (text == kKeepAllEpochs) return ChainEpoch{0};
    ChainEpoch out = 0;
    const auto* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, out);
    if (read.ec == std::errc{} && read.ptr == end && out >= kLeastKeptEpochs) return out;
    return fail(Errc::invalid_argument, "--keep-epochs " + std::string(text) + ": expected a number from " +
                                            std::to_string(kLeastKeptEpochs) +
                                            " on, since rules look back that far, "
                                            "or \"all\"");
}

}  // namespace strata::chain
