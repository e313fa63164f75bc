#pragma once
// Base fee of the child of a tipset since FireHorse. Source: docs/protocol/node.md §11, FIP-0115 (lotus
// chain/store/basefee.go).
#include <strata/chain/tipset.hpp>

namespace strata::chain {

class ChainStore;

inline constexpr std::int64_t kBlockGasLimit = 10'000'000'000;
inline constexpr std::int64_t kMinimumBaseFee = 100;
inline constexpr std::int64_t kInitialBaseFee = 100'000'000;

/// The gas limit of a message and the premium that it offers for it.
struct GasBid {
    std::int64_t gas_limit = 0;
    TokenAmount premium;
};
/// Returns the premium of the message that would be the last one in a block filled to its target; 0 if the bids do not
/// fill it.
TokenAmount marginal_premium(std::vector<GasBid> bids);
/// Returns the base fee that follows `base_fee`.
TokenAmount next_base_fee(const TokenAmount& base_fee, const TokenAmount& marginal_premium);

/// Returns the base fee of the blocks on top of `tipset`. Errors: missing_block.
Result<TokenAmount> base_fee_after(ChainStore& chain, const Tipset& tipset);

}  // namespace strata::chain
