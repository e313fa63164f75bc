#include <strata/chain/base_fee.hpp>

#include <strata/chain/chain_store.hpp>
#include <strata/chain/network.hpp>

#include <set>

namespace strata::chain {
namespace {

// The price is set by the message that covers this unit of gas, counted from 0: the last one of the first 80 % of a
// block.
constexpr std::int64_t kMarginalGas = kBlockGasLimit * 80 / 100 - 1;
constexpr std::int64_t kMaxChangeDenominator = 8;
constexpr std::int64_t kGasTarget = kBlockGasLimit / 2;

Result<TokenAmount> after_by_premiums(ChainStore& chain, const Tipset& tipset) {
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

Result<TokenAmount> after_by_use(ChainStore& chain, const Tipset& tipset) {
    std::set<Cid> seen;
    BigInt gas;  // a BigInt, as in marginal_premium
    for (const auto& block : tipset.blocks()) {
        STRATA_TRY(const auto messages, chain.messages(block));
        for (const auto& message : messages.bls)
            if (seen.insert(message.cid()).second) gas += message.gas_limit;
        for (const auto& message : messages.secp)
            if (seen.insert(message.cid()).second) gas += message.message.gas_limit;
    }
    return base_fee_by_use(tipset.parent_base_fee(), gas, tipset.blocks().size());
}

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

TokenAmount base_fee_by_use(const TokenAmount& base_fee, const BigInt& gas, std::size_t blocks) {
    const BigInt used = div_floor(gas, BigInt(static_cast<std::uint64_t>(blocks)));
    const BigInt above = max(BigInt(-kGasTarget), min(BigInt(kGasTarget), used - kGasTarget));
    const BigInt change = div_floor(div_floor(base_fee * above, kGasTarget), kMaxChangeDenominator);
    return max(TokenAmount(kMinimumBaseFee), base_fee + change);
}

Result<TokenAmount> base_fee_after(ChainStore& chain, const Network& network, const Tipset& tipset) {
    const auto fire_horse = network.upgrades.height_of("FireHorse");
    if (fire_horse && tipset.height() < *fire_horse) return after_by_use(chain, tipset);
    return after_by_premiums(chain, tipset);
}

}  // namespace strata::chain
