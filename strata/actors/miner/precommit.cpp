// A pre-commit announces sectors before they are proven, with a deposit. Source: docs/protocol/storage.md §2;
// builtin-actors v18 actors/miner/src/lib.rs.
#include <algorithm>
#include <set>

#include <strata/actors/market/types.hpp>
#include <strata/actors/miner/activation.hpp>
#include <strata/actors/miner/commd.hpp>
#include <strata/actors/miner/handlers.hpp>
#include <strata/actors/miner/lifetime.hpp>
#include <strata/actors/miner/monies.hpp>
#include <strata/actors/miner/proving.hpp>
#include <strata/actors/miner/quality.hpp>
#include <strata/actors/reward/state.hpp>

namespace strata::actors::miner {
namespace {

// runtime/src/runtime/policy.rs
constexpr ChainEpoch kExpiredPreCommitCleanUpDelay = 8 * kEpochsInHour;
// A sector may have one deal for each 128 MiB of its size; 256 deals are always allowed.
constexpr std::uint64_t kMinDealLimit = 256;
constexpr std::uint64_t kDealLimitDenominator = 134'217'728;

Done check_sector(Runtime& rt, const SectorPreCommitInfo& sector) {
    if (!rt.policy().pre_commit_seal_proofs.contains(sector.seal_proof))
        return illegal_argument("seal proof type " + std::to_string(std::to_underlying(sector.seal_proof)) +
                                " is not allowed for pre-commits; allowed are " +
                                type_numbers(rt.policy().pre_commit_seal_proofs));
    if (sector.sector_number > kMaxSectorNumber) return illegal_argument(sector_number_too_large(sector.sector_number));
    if (!is_sealed_sector(sector.sealed_cid))
        return illegal_argument("the sealed CID " + sector.sealed_cid.to_string() +
                                " is not a commitment to a replica");
    if (sector.seal_rand_epoch >= rt.epoch())
        return illegal_argument("the seal's randomness is from epoch " + std::to_string(sector.seal_rand_epoch) +
                                ", expected an epoch before the current epoch " + std::to_string(rt.epoch()));
    if (sector.seal_rand_epoch < rt.epoch() - kMaxTicketAge)
        return illegal_argument("the seal's randomness is from epoch " + std::to_string(sector.seal_rand_epoch) +
                                ", expected epoch " + std::to_string(rt.epoch() - kMaxTicketAge) + " or later");
    // Since version 19 the market activates deals only when it is told about their pieces.
    if (rt.policy().solstice && !sector.deal_ids.empty())
        return illegal_argument("sector " + std::to_string(sector.sector_number) + " names " +
                                std::to_string(sector.deal_ids.size()) + " deals, expected none");
    if (sector.unsealed_cid && !is_unsealed_sector(*sector.unsealed_cid))
        return illegal_argument("the unsealed CID " + sector.unsealed_cid->to_string() +
                                " is not a commitment to data");
    // The lifetime must suffice even if the sector is activated at the last moment.
    const ChainEpoch activation = rt.epoch() + max_prove_commit_duration(rt.policy(), sector.seal_proof).value_or(0);
    return validate_expiration(rt.epoch(), activation, sector.expiration, sector.seal_proof);
}

ActorResult<BitField> check_sectors(Runtime& rt, const std::vector<SectorPreCommitInfo>& sectors) {
    if (sectors.empty()) return illegal_argument("the batch has 0 sectors, expected at least one");
    std::set<SectorNumber> numbers;
    for (const auto& sector : sectors) {
        if (!numbers.insert(sector.sector_number).second)
            return illegal_argument(sector_named_twice(sector.sector_number));
        STRATA_OK(check_bit(sector.sector_number));
        STRATA_OK(check_sector(rt, sector));
    }
    return BitField::of({numbers.begin(), numbers.end()});
}

// `computed` is the CommD of the sector's deals, as the market computed it.
Done check_against_miner(const SectorPreCommitInfo& sector, const std::optional<Cid>& computed, const MinerInfo& info) {
    const auto post_proof = window_post_proof(sector.seal_proof);
    if (!post_proof || *post_proof != info.window_post_proof_type)
        return illegal_argument("seal proof type " + std::to_string(std::to_underlying(sector.seal_proof)) +
                                " does not match the miner's WindowPoSt proof type " +
                                std::to_string(std::to_underlying(info.window_post_proof_type)));
    const auto deals_max =
        std::max(kMinDealLimit, static_cast<std::uint64_t>(info.sector_size) / kDealLimitDenominator);
    if (sector.deal_ids.size() > deals_max)
        return illegal_argument("sector " + std::to_string(sector.sector_number) + " has " +
                                std::to_string(sector.deal_ids.size()) + " deals, expected at most " +
                                std::to_string(deals_max));
    if (!computed) return {};
    STRATA_TRY(const Cid declared, full_commd(sector.unsealed_cid, sector.seal_proof));
    if (declared != *computed)
        return illegal_argument("the declared unsealed CID of sector " + std::to_string(sector.sector_number) + " is " +
                                declared.to_string() + ", expected " + computed->to_string() +
                                ", the unsealed CID of its deals");
    return {};
}

ActorResult<std::vector<std::optional<Cid>>> unsealed_cids(Runtime& rt,
                                                           const std::vector<SectorPreCommitInfo>& sectors) {
    if (rt.policy().solstice) return std::vector<std::optional<Cid>>(sectors.size());
    std::vector<market::SectorDeals> deals;
    for (const auto& sector : sectors)
        deals.push_back({sector.sector_number, sector.seal_proof, sector.expiration, sector.deal_ids});
    STRATA_TRY(auto verified, verify_deals(rt, std::move(deals)));
    if (verified.unsealed_cids.size() != sectors.size())
        return illegal_state("the market answered for " + std::to_string(verified.unsealed_cids.size()) +
                             " sectors, expected " + std::to_string(sectors.size()));
    return std::move(verified.unsealed_cids);
}

// Writes the pre-commits and locks `deposit` for each of them. `available` must cover all deposits.
Done put_precommits(Runtime& rt, State& state, const std::vector<SectorPreCommitInfo>& sectors, const BitField& numbers,
                    const TokenAmount& deposit, const TokenAmount& available) {
    std::vector<SectorPreCommitOnChainInfo> precommits;
    std::vector<std::pair<ChainEpoch, std::uint64_t>> clean_ups;
    TokenAmount total;
    for (const auto& sector : sectors) {
        const auto duration = max_prove_commit_duration(rt.policy(), sector.seal_proof);
        if (!duration)
            return illegal_argument("seal proof type " + std::to_string(std::to_underlying(sector.seal_proof)) +
                                    " cannot be pre-committed");
        // The clean-up comes later than the last epoch for the proof, so that the proof finds its pre-commit.
        clean_ups.emplace_back(rt.epoch() + *duration + kExpiredPreCommitCleanUpDelay, sector.sector_number);
        precommits.push_back({sector, deposit, rt.epoch()});
        total += deposit;
    }
    if (available < total)
        return insufficient_funds("the deposits are " + total.to_string() + " attoFIL, but the miner has only " +
                                  available.to_string() + " available");
    STRATA_OK(state.add_pre_commit_deposit(total));
    STRATA_OK(state.allocate_sector_numbers(rt, numbers, CollisionPolicy::deny_collisions));
    STRATA_OK(state.put_precommitted_sectors(rt, precommits));
    return state.add_pre_commit_clean_ups(rt, clean_ups);
}

}  // namespace

Done pre_commit_sector_batch2(Runtime& rt, const PreCommitSectorBatchParams2& params) {
    const auto& sectors = params.sectors;
    STRATA_TRY(const auto numbers, check_sectors(rt, sectors));
    STRATA_TRY(const auto reward, request_current_epoch_block_reward(rt));
    STRATA_TRY(const auto power, request_current_total_power(rt));
    STRATA_TRY(const auto computed, unsealed_cids(rt, sectors));

    STRATA_TRY(auto state, rt.state<State>());
    STRATA_TRY(const auto balance, rt.balance());
    // The debt is subtracted from the available balance, so that balance is read before repay_debts clears the debt.
    STRATA_TRY(const auto available, state.get_available_balance(balance));
    STRATA_TRY(const auto fee_to_burn, state.repay_debts(balance));
    STRATA_TRY(const auto info, state.get_info(rt));
    STRATA_OK(require_control(rt, info));
    if (consensus_fault_active(info, rt.epoch()))
        return forbidden("a consensus fault bars the miner from pre-commits up to epoch " +
                         std::to_string(info.consensus_fault_elapsed) + "; the current epoch is " +
                         std::to_string(rt.epoch()));
    for (std::size_t i = 0; i < sectors.size(); ++i) STRATA_OK(check_against_miner(sectors[i], computed[i], info));
    // The data of the sectors is not known before the proof, so the deposit assumes that all of it will be verified.
    const auto deposit = pre_commit_deposit_for_power(reward.this_epoch_reward_smoothed,
                                                      power.quality_adj_power_smoothed, qa_power_max(info.sector_size));
    STRATA_OK(put_precommits(rt, state, sectors, numbers, deposit, available));
    STRATA_OK(for_each_bit(numbers, [&](SectorNumber number) { return emit::sector_precommitted(rt, number); }));
    const bool had_cron = std::exchange(state.deadline_cron_active, true);
    STRATA_OK(rt.set_state(state));

    STRATA_OK(burn_funds(rt, fee_to_burn));
    STRATA_OK(check_balance(rt));
    return had_cron ? Done() : enroll_deadline_cron(rt, state);
}

}  // namespace strata::actors::miner
