#pragma once
// The state of a storage miner and the operations on it. They change the value in memory; the caller writes it with
// Runtime::set_state. A failure aborts with illegal_state unless a function says otherwise.
// Source: docs/protocol/fvm.md §8.8, docs/protocol/storage.md §2-4; builtin-actors v18 actors/miner/src/state.rs.
#include <strata/actors/miner/deadline.hpp>
#include <strata/actors/miner/deadline_info.hpp>
#include <strata/actors/miner/vesting.hpp>
#include <strata/ipld/hamt.hpp>

namespace strata::actors::miner {

inline constexpr unsigned kPreCommitsWidth = 5;
inline constexpr unsigned kPreCommitCleanUpWidth = 6;

using PreCommits = HamtMap<SectorNumber, SectorPreCommitOnChainInfo>;

enum class CollisionPolicy { allow_collisions, deny_collisions };

struct State {
    Cid info;  // MinerInfo
    TokenAmount pre_commit_deposits;
    TokenAmount locked_funds;
    VestingFunds vesting_funds;
    TokenAmount fee_debt;
    TokenAmount initial_pledge;
    Cid pre_committed_sectors;          // PreCommits
    Cid pre_committed_sectors_cleanup;  // BitFieldQueue
    Cid allocated_sectors;              // BitField
    Cid sectors;                        // Sectors
    ChainEpoch proving_period_start = 0;
    std::uint64_t current_deadline = 0;
    Cid deadlines;
    BitField early_terminations;  // deadlines with terminations that are not processed yet
    bool deadline_cron_active = false;
    STRATA_CBOR_TUPLE(info, pre_commit_deposits, locked_funds, vesting_funds, fee_debt, initial_pledge,
                      pre_committed_sectors, pre_committed_sectors_cleanup, allocated_sectors, sectors,
                      proving_period_start, current_deadline, deadlines, early_terminations, deadline_cron_active);

    static ActorResult<State> empty(Runtime& rt, const Cid& info, ChainEpoch period_start, std::uint64_t deadline);

    ActorResult<MinerInfo> get_info(Runtime& rt) const;
    Done save_info(Runtime& rt, const MinerInfo& changed);

    /// Returns the deadline that `epoch` falls into.
    DeadlineInfo deadline_info(ChainEpoch epoch) const { return DeadlineInfo::current(proving_period_start, epoch); }
    /// Returns the deadline that the state records. It lags behind the epoch while the miner's cron is off.
    DeadlineInfo recorded_deadline_info(ChainEpoch epoch) const {
        return DeadlineInfo::at(proving_period_start, current_deadline, epoch);
    }
    ChainEpoch current_proving_period_start(ChainEpoch epoch) const { return deadline_info(epoch).period_start; }
    QuantSpec quant_spec_for_deadline(std::uint64_t index) const {
        return DeadlineInfo::at(proving_period_start, index, 0).quant_spec();
    }
    QuantSpec quant_spec_every_deadline() const { return {kWPoStChallengeWindow, proving_period_start}; }
    ActorResult<Deadlines> load_deadlines(Runtime& rt) const;
    Done save_deadlines(Runtime& rt, const Deadlines& all);
    /// Returns true while the miner has deposits, a pledge or vesting funds, which its cron works on. Otherwise cron
    /// can stop.
    bool continue_deadline_cron() const {
        return !pre_commit_deposits.is_zero() || !initial_pledge.is_zero() || !locked_funds.is_zero();
    }
    struct AdvanceDeadlineResult {
        TokenAmount pledge_delta;
        PowerPair power_delta;
        PowerPair previously_faulty_power;
        PowerPair detected_faulty_power;
        PowerPair total_faulty_power;
        TokenAmount daily_fee;
        PowerPair live_power;
    };
    /// Ends the current deadline.
    ActorResult<AdvanceDeadlineResult> advance_deadline(Runtime& rt, ChainEpoch epoch);

    /// Marks numbers as taken. Aborts with illegal_argument if one already is and `policy` denies collisions.
    Done allocate_sector_numbers(Runtime& rt, const BitField& numbers, CollisionPolicy policy);
    Done put_precommitted_sectors(Runtime& rt, const std::vector<SectorPreCommitOnChainInfo>& precommits);
    /// Returns the pre-commits of all numbers. Aborts with not_found if one is missing, and with illegal_argument for a
    /// number out of range.
    ActorResult<std::vector<SectorPreCommitOnChainInfo>> get_precommitted_sectors(
        Runtime& rt, const std::vector<SectorNumber>& numbers) const;
    /// Returns the pre-commits that exist.
    ActorResult<std::vector<SectorPreCommitOnChainInfo>> find_precommitted_sectors(
        Runtime& rt, const std::vector<SectorNumber>& numbers) const;
    Done delete_precommitted_sectors(Runtime& rt, const std::vector<SectorNumber>& numbers);
    Done add_pre_commit_clean_ups(Runtime& rt, const std::vector<std::pair<ChainEpoch, std::uint64_t>>& events);
    /// Removes pre-commits that were not proven in time and returns their deposits, which are burnt.
    ActorResult<TokenAmount> cleanup_expired_pre_commits(Runtime& rt, ChainEpoch epoch);

    Done put_sectors(Runtime& rt, const std::vector<SectorOnChainInfo>& infos);
    ActorResult<std::optional<SectorOnChainInfo>> get_sector(Runtime& rt, SectorNumber number) const;
    ActorResult<bool> has_sector_number(Runtime& rt, SectorNumber number) const;
    ActorResult<Deadlines::Place> find_sector(Runtime& rt, SectorNumber number) const;
    /// Returns false for a sector that is faulty or terminated, or unproven if `require_proven`. Aborts with not_found
    /// if the sector is not in that partition.
    ActorResult<bool> check_sector_active(Runtime& rt, std::uint64_t deadline, std::uint64_t partition,
                                          SectorNumber number, bool require_proven) const;
    /// Adds new, unproven sectors to deadlines that can take them.
    Done assign_sectors_to_deadlines(Runtime& rt, ChainEpoch epoch, std::vector<SectorOnChainInfo> infos,
                                     std::uint64_t partition_size, SectorSize size);
    /// Adds new, unproven sectors to one deadline. Aborts with illegal_argument if the deadline is open or opens next.
    Done assign_sectors_to_deadline(Runtime& rt, ChainEpoch epoch, std::vector<SectorOnChainInfo> infos,
                                    std::uint64_t partition_size, SectorSize size, std::uint64_t index);
    ActorResult<std::vector<SectorOnChainInfo>> reschedule_sector_expirations(
        Runtime& rt, ChainEpoch epoch, SectorSize size, const DeadlineSectorMap& sectors_by_place);
    ActorResult<Partition::Popped> pop_early_terminations(Runtime& rt, std::uint64_t max_partitions,
                                                          std::uint64_t max_sectors);

    Done add_pre_commit_deposit(const TokenAmount& amount);
    Done add_initial_pledge(const TokenAmount& amount);
    /// Adds to the fee debt; nothing is paid yet.
    Done apply_penalty(const TokenAmount& penalty);
    /// Locks funds that vest by `spec`. Returns the amount of older funds that has vested in the meantime.
    ActorResult<TokenAmount> add_locked_funds(Runtime& rt, ChainEpoch epoch, const TokenAmount& sum,
                                              const VestSpec& spec);
    ActorResult<TokenAmount> unlock_vested_funds(Runtime& rt, ChainEpoch epoch);
    struct Repaid {
        TokenAmount to_burn;
        TokenAmount total_unlocked;
    };
    /// Pays fee debt from the vesting funds and then from the unlocked balance. The rest remains as debt.
    ActorResult<Repaid> repay_partial_debt_in_priority_order(Runtime& rt, ChainEpoch epoch, const TokenAmount& balance);
    /// Pays all of the debt and returns the amount to burn. Aborts with insufficient_funds if the unlocked balance does
    /// not cover it.
    ActorResult<TokenAmount> repay_debts(const TokenAmount& balance);
    /// Returns the part of the balance that is neither vesting nor a deposit nor a pledge.
    ActorResult<TokenAmount> get_unlocked_balance(const TokenAmount& balance) const;
    /// Returns the unlocked balance minus the fee debt, which may be negative.
    ActorResult<TokenAmount> get_available_balance(const TokenAmount& balance) const;
    Done check_balance_invariants(const TokenAmount& balance) const;
};

}  // namespace strata::actors::miner
