// Sectors from before version 19 get the quality of those made since: they count ten times. Source: crate
// fil_actor_miner_state 27.2.0 src/v19/types.rs; builtin-actors #1775,
// actors/miner/tests/upgrade_sector_quality_test.rs.
#include <strata/actors/miner/deadline_edit.hpp>
#include <strata/actors/miner/ext.hpp>
#include <strata/actors/miner/extension.hpp>
#include <strata/actors/miner/handlers.hpp>
#include <strata/actors/miner/monies.hpp>
#include <strata/actors/miner/proving.hpp>
#include <strata/actors/miner/quality.hpp>

namespace strata::actors::miner {
namespace {

Done check_declarations(ChainEpoch now, const std::vector<UpgradeSectorQuality>& upgrades) {
    if (upgrades.empty()) return illegal_argument("the message declares 0 upgrades, expected at least one");
    for (const auto& declared : upgrades) {
        if (declared.deadline >= kWPoStPeriodDeadlines) return illegal_argument(no_such_deadline(declared.deadline));
        if (declared.sectors.empty())
            return illegal_argument("a declaration for partition " + std::to_string(declared.partition) +
                                    " of deadline " + std::to_string(declared.deadline) + " names no sectors");
        if (!declared.new_expiration) continue;
        if (*declared.new_expiration <= now || *declared.new_expiration > now + kMaxSectorExtension)
            return illegal_argument("the new expiration is epoch " + std::to_string(*declared.new_expiration) +
                                    ", expected an epoch after " + std::to_string(now) + ", and at most " +
                                    std::to_string(now + kMaxSectorExtension));
    }
    return {};
}

class Upgrade {
  public:
    Upgrade(Runtime& rt, SectorSize size, NetworkPledgeInputs pledge_inputs)
        : rt_(rt), size_(size), pledge_inputs_(std::move(pledge_inputs)) {}

    Done upgrade_partition(DeadlineEdit& edit, Sectors& sectors, const UpgradeSectorQuality& declared) const {
        STRATA_TRY(auto partition, edit.partition(declared.partition));
        STRATA_TRY(const auto loaded, sectors.load_sectors(rt_, declared.sectors));
        const BitField active = partition.active_sectors();
        std::vector<SectorOnChainInfo> before;
        std::vector<SectorOnChainInfo> after;
        for (const auto& sector : loaded) {
            if (!active.contains(sector.sector_number))
                return illegal_argument("sector " + std::to_string(sector.sector_number) +
                                        " is not an active sector of partition " + std::to_string(declared.partition) +
                                        " of deadline " + std::to_string(declared.deadline));
            STRATA_TRY(auto next, upgraded(sector, declared.new_expiration));
            if (!next) continue;
            before.push_back(sector);
            after.push_back(std::move(*next));
        }
        if (after.empty()) return {};
        STRATA_OK(sectors.store(rt_, after));
        return edit.replace(declared.partition, std::move(partition), before, after);
    }

  private:
    // Returns the sector after the upgrade; empty if nothing changes. A sector that already counts ten times, by its
    // flag or by its data, is at most extended, so that a repeated message locks no pledge.
    ActorResult<std::optional<SectorOnChainInfo>> upgraded(const SectorOnChainInfo& sector,
                                                           std::optional<ChainEpoch> new_expiration) const {
        const auto power = qa_power_for_sector(size_, sector);
        const auto full_power = qa_power_max(size_);
        const bool is_full = power >= full_power;
        if (is_full && !new_expiration) return std::optional<SectorOnChainInfo>{};
        SectorOnChainInfo out = sector;
        if (new_expiration) {
            STRATA_TRY(out, extended_at_its_quality(sector, rt_.epoch(), *new_expiration, size_, supply()));
        } else {
            STRATA_OK(check_extension(rt_.epoch(), sector.expiration, sector));
            drop_unused_fields(out);
        }
        if (is_full) return std::optional(std::move(out));
        out.flags |= new_sector_flags(rt_.policy());
        out.initial_pledge = max(sector.initial_pledge, pledge_inputs_.initial_pledge(full_power));
        out.daily_fee = sector.daily_fee.is_zero() ? daily_proof_fee(supply(), full_power)
                                                   : daily_proof_fee_adjust(sector.daily_fee, power, full_power);
        return std::optional(std::move(out));
    }
    const TokenAmount& supply() const { return pledge_inputs_.circulating_supply; }

    Runtime& rt_;
    SectorSize size_;
    NetworkPledgeInputs pledge_inputs_;
};

// Locks the pledge, which must be covered after the miner's debt, and clears the debt. Returns the amount to burn.
ActorResult<TokenAmount> lock_and_repay(Runtime& rt, State& state, const TokenAmount& pledge) {
    STRATA_TRY(const auto balance, rt.balance());
    STRATA_TRY(const auto available, state.get_available_balance(balance));
    if (available < pledge)
        return insufficient_funds("the pledge rises by " + pledge.to_string() + " attoFIL, but the miner has only " +
                                  available.to_string() + " available");
    STRATA_OK(state.add_initial_pledge(pledge));
    return state.repay_debts(balance);
}

}  // namespace

Done upgrade_sector_quality(Runtime& rt, const UpgradeSectorQualityParams& params) {
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_TRY(const auto info, state.get_info(rt));
    STRATA_OK(require_control(rt, info));
    STRATA_OK(check_declarations(rt.epoch(), params.upgrades));
    STRATA_TRY(auto pledge_inputs, request_network_pledge_inputs(rt));
    STRATA_TRY(auto deadlines, state.load_deadlines(rt));
    STRATA_TRY(auto sectors, Sectors::load(rt, state.sectors));

    const Upgrade upgrade(rt, info.sector_size, std::move(pledge_inputs));
    STRATA_TRY(const auto delta, edit_deadlines(rt, state, deadlines, info.sector_size, params.upgrades,
                                                [&](DeadlineEdit& edit, const UpgradeSectorQuality& declared) {
                                                    return upgrade.upgrade_partition(edit, sectors, declared);
                                                }));
    STRATA_TRY(state.sectors, sectors.flush(rt));
    STRATA_OK(state.save_deadlines(rt, deadlines));
    STRATA_TRY(const auto fee_to_burn, lock_and_repay(rt, state, delta.pledge));
    STRATA_OK(rt.set_state(state));
    STRATA_OK(burn_funds(rt, fee_to_burn));
    STRATA_OK(request_update_power(rt, delta.power));
    STRATA_OK(notify_pledge_changed(rt, delta.pledge));
    return check_balance(rt, state);
}

}  // namespace strata::actors::miner
