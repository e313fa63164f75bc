#include <strata/actors/miner/vesting.hpp>

#include <algorithm>

namespace strata::actors::miner {
namespace {

// Returns the schedule of `sum`: it vests linearly, in steps that are rounded up to the miner's half days. The rounding
// puts entries of different rewards on the same epochs, which keeps the list short.
std::vector<VestingFund> schedule(ChainEpoch epoch, const TokenAmount& sum, ChainEpoch proving_period_start,
                                  const VestSpec& spec) {
    const ChainEpoch begin = epoch + spec.initial_delay;
    const QuantSpec quant{spec.quantization, proving_period_start};
    std::vector<VestingFund> out;
    TokenAmount so_far;
    for (ChainEpoch step = begin + spec.step_duration; so_far < sum; step += spec.step_duration) {
        const ChainEpoch at = quant.quantize_up(step);
        const TokenAmount target =
            at - begin < spec.vest_period ? div_floor(sum * BigInt(at - begin), spec.vest_period) : sum;
        out.push_back({at, target - so_far});
        so_far = target;
    }
    return out;
}

// Merges two lists that are in the order of epochs. Amounts of the same epoch add up.
std::vector<VestingFund> merged(const std::vector<VestingFund>& a, const std::vector<VestingFund>& b) {
    std::vector<VestingFund> out;
    std::size_t j = 0;
    for (const auto& fund : a) {
        while (j < b.size() && b[j].epoch < fund.epoch) out.push_back(b[j++]);
        out.push_back(fund);
        if (j < b.size() && b[j].epoch == fund.epoch) out.back().amount += b[j++].amount;
    }
    out.insert(out.end(), b.begin() + static_cast<std::ptrdiff_t>(j), b.end());
    return out;
}

// Removes the entries that have vested from the front, and returns their sum. An entry vests after its epoch, not at
// it.
TokenAmount take_vested(std::span<const VestingFund>& funds, ChainEpoch epoch) {
    TokenAmount sum;
    while (!funds.empty() && funds.front().epoch < epoch) {
        sum += funds.front().amount;
        funds = funds.subspan(1);
    }
    return sum;
}

}  // namespace

Result<std::vector<VestingFund>> VestingFunds::read(Blockstore& blocks) const {
    if (!inner_) return std::vector<VestingFund>{};
    STRATA_TRY(auto funds, get_cbor<std::vector<VestingFund>>(blocks, inner_->tail));
    if (inner_->head.amount.sign() > 0) funds.insert(funds.begin(), inner_->head);
    return funds;
}

ActorResult<std::vector<VestingFund>> VestingFunds::load(Runtime& rt) const {
    return rt.check(read(rt.store()), ExitCode::illegal_state, "vesting funds");
}

Done VestingFunds::save(Runtime& rt, std::span<const VestingFund> funds) {
    inner_.reset();
    if (funds.empty()) return {};
    const std::vector<VestingFund> tail(funds.begin() + 1, funds.end());
    STRATA_TRY(const Cid root, rt.check(put_cbor(rt.store(), tail), ExitCode::illegal_state, "vesting funds"));
    inner_ = Inner{funds.front(), root};
    return {};
}

ActorResult<TokenAmount> VestingFunds::unlock_vested_funds(Runtime& rt, ChainEpoch epoch) {
    if (!inner_ || inner_->head.epoch >= epoch) return TokenAmount();
    STRATA_TRY(const auto funds, load(rt));
    std::span<const VestingFund> rest = funds;
    auto unlocked = take_vested(rest, epoch);
    STRATA_OK(save(rt, rest));
    return unlocked;
}

ActorResult<TokenAmount> VestingFunds::add_locked_funds(Runtime& rt, ChainEpoch epoch, const TokenAmount& sum,
                                                        ChainEpoch proving_period_start, const VestSpec& spec) {
    STRATA_TRY(const auto old, load(rt));
    const auto all = merged(old, schedule(epoch, sum, proving_period_start, spec));
    std::span<const VestingFund> rest = all;
    auto unlocked = take_vested(rest, epoch);
    STRATA_OK(save(rt, rest));
    return unlocked;
}

ActorResult<VestingFunds::Unlocked> VestingFunds::unlock_vested_and_unvested_funds(Runtime& rt, ChainEpoch epoch,
                                                                                   TokenAmount target) {
    if (!inner_) return Unlocked{};
    // If the head has enough, the list behind it stays as it is.
    if (inner_->head.epoch >= epoch && inner_->head.amount >= target) {
        inner_->head.amount -= target;
        return Unlocked{.vested = 0, .unvested = target};
    }
    STRATA_TRY(auto funds, load(rt));
    std::span<VestingFund> rest = funds;
    Unlocked out;
    for (; !rest.empty(); rest = rest.subspan(1)) {
        auto& fund = rest.front();
        // A fund that has vested belongs to the miner already and does not count toward the target.
        if (fund.epoch < epoch) {
            out.vested += fund.amount;
        } else if (fund.amount < target) {
            target -= fund.amount;
            out.unvested += fund.amount;
        } else {
            fund.amount -= target;
            out.unvested += target;
            break;
        }
    }
    STRATA_OK(save(rt, rest));
    return out;
}

}  // namespace strata::actors::miner
