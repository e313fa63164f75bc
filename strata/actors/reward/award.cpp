#include <strata/actors/reward/award.hpp>

#include <algorithm>

namespace strata::actors::reward {
namespace {

// The parts of a block's reward, rounded down; what is left over is burnt.
void divide(Award& award, const std::vector<std::uint64_t>& weights) {
    const BigInt denominator(kDenominator);
    award.burn = award.block_reward;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const auto& stream = award.ledger.streams.streams[i];
        TokenAmount part = div_floor(award.block_reward * BigInt(weights[i]), denominator);
        if (stream.distribution) {
            // The recipients may have less than all shares; the rest is burnt.
            part = div_floor(part * BigInt(stream.distribution->share_total()), denominator);
            std::ranges::find(award.ledger.accrued, stream.id, &StreamAccrual::id)->amount += part;
            award.explicit_streams += part;
        } else {
            award.miner += part;
        }
        award.burn -= part;
    }
}

}  // namespace

std::optional<Award> plan_award(Ledger ledger, ChainEpoch epoch, const TokenAmount& balance,
                                const TokenAmount& gas_reward, const TokenAmount& expected) {
    Award out;
    out.changes = apply_due(ledger, epoch);
    const TokenAmount reserve = gas_reward + liability(ledger) + out.changes.dust();
    if (balance <= reserve) return std::nullopt;
    out.block_reward = min(expected, balance - reserve);
    if (out.block_reward.is_negative()) return std::nullopt;
    const auto weights = weights_at(ledger.streams.streams, epoch);
    if (!weights) return std::nullopt;
    out.ledger = std::move(ledger);
    divide(out, *weights);
    return out;
}

}  // namespace strata::actors::reward
