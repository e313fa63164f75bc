#include <strata/chain/base_fee.hpp>

#include <strata/chain/chain_store.hpp>

#include <set>

namespace strata::chain {
namespace {

// The price is set by the message that covers this unit of gas, counted from 0: the last one of the first 80 % of a
// block.
constexpr std::int64_t kMarginalGas = kBlockGasLimit * 80 / 100 - 1;
constexpr std::int64_t kMaxChangeDenominator = 8;

}  // namespace

TokenAmount marginal_premium(std::vector<GasBid> bids) {
    // The order of messages with equal premiums does not matter, because only a premium is returned.
    std::ranges::sort(bids, [](const GasBid& a, const GasBid& b) { return b.premium < a.premium; });
    BigInt position;  // a BigInt, since gas limits can be huge until the blocks are validated
    for (const auto& bid : bids) {
        position += bid.gas_limit;
        if (position > BigInt(kMarginalGas)) return bid.premium;
    }
    return 0;
}

TokenAmount next_base_fee(const TokenAmount& base_fee, const TokenAmount& premium) {
    // The fee rises by at most one step, and falls by one step if the marginal message offers no premium.
    const TokenAmount step = div_ceil(base_fee, kMaxChangeDenominator);
    return max(TokenAmount(kMinimumBaseFee), base_fee + min(step, premium - step));
}

Result<TokenAmount> base_fee_after(ChainStore& chain, const Tipset& tipset) {
    const TokenAmount& base_fee = tipset.parent_base_fee();
    std::set<std::pair<Address, Nonce>> seen;
    std::vector<GasBid> bids;
    const auto add = [&](const Message& message) {
        if (!seen.emplace(message.from, message.nonce).second) return;
        const TokenAmount room = max(TokenAmount(0), message.gas_fee_cap - base_fee);
        bids.push_back({message.gas_limit, min(message.gas_premium, room)});
    };
    for (const auto& block : tipset.blocks()) {
        STRATA_TRY(const auto messages, chain.messages(block));
        for (const auto& message : messages.bls) add(message);
        for (const auto& message : messages.secp) add(message.message);
    }
    return next_base_fee(base_fee, marginal_premium(std::move(bids)));
}

}  // namespace strata::chain
