// Makes sectors that count from the first epoch. The network's totals are first set to their final values, so that
// every sector is priced alike; each sector's share is then subtracted again just before it is claimed.
#include <strata/actors/miner/messages.hpp>
#include <strata/actors/miner/monies.hpp>
#include <strata/actors/miner/quality.hpp>
#include <strata/actors/miner/state.hpp>
#include <strata/actors/power/state.hpp>
#include <strata/actors/reward/state.hpp>
#include <strata/chain/genesis/steps.hpp>

namespace strata::chain::genesis {
namespace {

namespace miner = actors::miner;
namespace power = actors::power;

constexpr MethodNumber kInternalSectorSetupForPreseal = 17;
constexpr MethodNumber kPreCommitSectorBatch2 = 28;

BigInt raw_power(const GenesisMiner& what) {
    return miner::raw_power_for_sector(what.sector_size);
}

/// Returns deposit and pledge together. The actor takes less; the rest stays with the miner.
Result<TokenAmount> price(Machine& machine, const GenesisMiner& what, const StoragePower& qa_power) {
    STRATA_TRY(const auto reward, machine.state<actors::reward::State>(kRewardId));
    STRATA_TRY(const auto total, machine.state<power::State>(kPowerId));
    const auto& smoothed = total.this_epoch_qa_power_smoothed;
    return miner::pre_commit_deposit_for_power(reward.this_epoch_reward_smoothed, smoothed,
                                               miner::qa_power_max(what.sector_size)) +
           miner::initial_pledge_for_power(qa_power, reward.this_epoch_baseline_power,
                                           reward.this_epoch_reward_smoothed, smoothed, /*circulating_supply=*/0,
                                           /*epochs_since_ramp_start=*/0, /*ramp_duration_epochs=*/0);
}

/// Marks sectors as proven: window proofs are assumed to be valid at genesis.
Status prove_all(Machine& machine, ActorId id) {
    auto& store = machine.store();
    STRATA_TRY(auto state, machine.state<miner::State>(id));
    STRATA_TRY(auto deadlines, get_cbor<miner::Deadlines>(store, state.deadlines));
    for (Cid& due : deadlines.due) {
        STRATA_TRY(auto deadline, get_cbor<miner::Deadline>(store, due));
        STRATA_TRY(auto partitions,
                   AmtArray<miner::Partition>::load(store, deadline.partitions, miner::kPartitionsWidth));
        for (std::uint64_t i = 0; i < partitions.count(); ++i) {
            STRATA_TRY(auto partition, partitions.get(i));
            if (!partition)
                return fail(Errc::malformed, "genesis: a deadline of f0" + std::to_string(id) + " has no partition " +
                                                 std::to_string(i));
            partition->activate_unproven();
            STRATA_OK(partitions.set(i, *partition));
        }
        STRATA_TRY(deadline.partitions, partitions.flush());
        STRATA_TRY(due, put_cbor(store, deadline));
    }
    STRATA_TRY(state.deadlines, put_cbor(store, deadlines));
    return machine.set_state(id, state);
}

Status make_sector(Machine& machine, const GenesisMiner& what, const CreatedMiner& created, std::size_t index) {
    const auto& sector = what.sectors[index];
    const auto& qa_power = created.qa_power[index];
    STRATA_TRY(auto total, machine.state<power::State>(kPowerId));
    // UpdateClaimedPower below adds the sector to the totals, which contain it already.
    total.total_raw_byte_power -= raw_power(what);
    total.total_quality_adj_power -= qa_power;
    STRATA_OK(machine.set_state(kPowerId, total));

    STRATA_TRY(const auto value, price(machine, what, qa_power));
    const miner::SectorPreCommitInfo info{.seal_proof = sector.proof,
                                          .sector_number = sector.number,
                                          .sealed_cid = sector.comm_r,
                                          .seal_rand_epoch = -1,
                                          .deal_ids = {created.deals[index]},
                                          .expiration = created.expiration,
                                          .unsealed_cid = sector.comm_d};
    STRATA_OK(machine.call(what.worker, what.id, kPreCommitSectorBatch2,
                           to_cbor(miner::PreCommitSectorBatchParams2{{info}}), value));
    const miner::InternalSectorSetupForPresealParams setup{{sector.number}, {}, {}, {}};
    STRATA_OK(machine.call(Address::id(kSystemId), what.id, kInternalSectorSetupForPreseal, to_cbor(setup)));
    const power::UpdateClaimedPowerParams claimed{raw_power(what), qa_power};
    STRATA_OK(machine.call(what.id, Address::id(kPowerId), power::kUpdateClaimedPower, to_cbor(claimed)));
    return prove_all(machine, *what.id.as_id());
}

}  // namespace

Status make_sectors(Machine& machine, const std::vector<GenesisMiner>& miners,
                    const std::vector<CreatedMiner>& created) {
    // The network's power has its final value from the start, because the pledge of each sector depends on it.
    StoragePower raw, quality_adjusted;
    for (std::size_t i = 0; i < miners.size(); ++i) {
        raw += raw_power(miners[i]) * BigInt(static_cast<std::uint64_t>(miners[i].sectors.size()));
        for (const auto& one : created[i].qa_power) quality_adjusted += one;
    }
    STRATA_TRY(auto total, machine.state<power::State>(kPowerId));
    total.total_raw_byte_power = total.this_epoch_raw_byte_power = raw;
    total.total_quality_adj_power = total.this_epoch_quality_adj_power = quality_adjusted;
    STRATA_OK(machine.set_state(kPowerId, total));

    for (std::size_t i = 0; i < miners.size(); ++i)
        for (std::size_t k = 0; k < miners[i].sectors.size(); ++k)
            STRATA_OK(make_sector(machine, miners[i], created[i], k));

    STRATA_TRY(total, machine.state<power::State>(kPowerId));
    if (total.total_raw_byte_power != raw || total.total_quality_adj_power != quality_adjusted)
        return fail(Errc::invalid_argument,
                    "genesis: the network has the power " + total.total_raw_byte_power.to_string() + "/" +
                        total.total_quality_adj_power.to_string() + " (raw/quality-adjusted), expected " +
                        raw.to_string() + "/" + quality_adjusted.to_string() +
                        ", the sum of its miners' power; a miner may be below the least power that counts");
    return {};
}

}  // namespace strata::chain::genesis
