#pragma once
// Base fee of the child of a tipset. Source: docs/protocol/node.md §11, FIP-0115 (lotus
// chain/store/basefee.go).
#include <strata/chain/tipset.hpp>

namespace strata::chain {

class ChainStore;
struct Network;

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
/// Returns the base fee that follows `base_fee`, since FireHorse.
TokenAmount next_base_fee(const TokenAmount& base_fee, const TokenAmount& marginal_premium);
/// Returns the base fee that follows `base_fee` between Smoke and FireHorse. `gas` is the sum of the gas limits in
/// `blocks` blocks, at least one.
TokenAmount base_fee_by_use(const TokenAmount& base_fee, const BigInt& gas, std::size_t blocks);

/// Returns the base fee of the blocks on top of `tipset`. The rule is that of the tipset's height: the upgrade's own
/// height follows the new rule already. Errors: missing_block.
Result<TokenAmount> base_fee_after(ChainStore& chain, const Network& network, const Tipset& tipset);

}  // namespace strata::chain
