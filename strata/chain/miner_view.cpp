#include <strata/chain/miner_view.hpp>

#include <strata/actors/account/state.hpp>
#include <strata/actors/miner/state.hpp>
#include <strata/actors/queries.hpp>
#include <strata/base/varint.hpp>
#include <strata/chain/network.hpp>
#include <strata/chain/tipset.hpp>
#include <strata/crypto/hash.hpp>

namespace strata::chain {
namespace {

namespace miner = actors::miner;

Result<SectorNumber> nth(const BitField& set, std::uint64_t index) {
    STRATA_TRY(const auto one, set.slice(index, 1));
    return *one.first();
}

}  // namespace

Result<Address> key_of(vm::StateTree& state, const Address& address) {
    const auto id = address.as_id();
    if (!id) return address;
    STRATA_TRY(const auto account, state.get(*id));
    if (!account) return fail(Errc::not_found, "the state has no account " + address.to_string());
    STRATA_TRY(const auto account_state, get_cbor<actors::account::State>(state.store(), account->head));
    return account_state.address;
}

Result<MinerView> load_miner(vm::StateTree& state, const Address& address) {
    STRATA_TRY(const auto id, state.resolve(address));
    if (!id) return fail(Errc::not_found, "the state has no miner " + address.to_string());
    STRATA_TRY(const auto found, actors::state_of<miner::State>(state, *id));
    STRATA_TRY(const auto info, get_cbor<miner::MinerInfo>(state.store(), found.info));
    MinerView out;
    out.id = *id;
    STRATA_TRY(out.worker_key, key_of(state, info.worker));
    out.window_post_proof = info.window_post_proof_type;
    out.sector_size = info.sector_size;
    out.fee_debt = found.fee_debt;
    out.consensus_fault_elapsed = info.consensus_fault_elapsed;
    out.sectors = found.sectors;
    out.deadlines = found.deadlines;
    return out;
}

Result<BitField> active_sectors(Blockstore& store, const MinerView& view) {
    STRATA_TRY(const auto deadlines, get_cbor<miner::Deadlines>(store, view.deadlines));
    BitField active;
    for (const auto& cid : deadlines.due) {
        STRATA_TRY(const auto deadline, get_cbor<miner::Deadline>(store, cid));
        STRATA_TRY(const auto partitions, miner::Partitions::load(store, deadline.partitions, miner::kPartitionsWidth));
        STRATA_OK(partitions.for_each([&](std::uint64_t, const miner::Partition& partition) -> Status {
            active |= partition.active_sectors();
            return {};
        }));
    }
    return active;
}

Result<PoStSectorInfo> winning_sector(Blockstore& store, const MinerView& view, Hash256 randomness) {
    STRATA_TRY(const auto active, active_sectors(store, view));
    const std::uint64_t count = active.count();
    if (count == 0)
        return fail(Errc::verification, "miner f0" + std::to_string(view.id) + " has no active sector to prove");
    // The challenge is a hash of prover ID, randomness as a field element, and number of the challenge
    // (docs/protocol/node.md §6).
    randomness[31] &= 0x3f;
    Bytes data;
    put_uvarint(data, view.id);
    data.resize(32);
    append(data, randomness);
    data.resize(data.size() + 8);
    const std::uint64_t index = load_le<std::uint64_t>(crypto::sha256(data).data()) % count;
    STRATA_TRY(const SectorNumber number, nth(active, index));
    STRATA_TRY(const auto sectors,
               AmtArray<miner::SectorOnChainInfo>::load(store, view.sectors, miner::kSectorsAmtWidth));
    STRATA_TRY(const auto sector, sectors.get(number));
    if (!sector)
        return fail(Errc::malformed, "sector " + std::to_string(number) + " of miner f0" + std::to_string(view.id) +
                                         " is active, but has no record in the miner's state");
    return PoStSectorInfo{sector->seal_proof, sector->sector_number, sector->sealed_cid};
}

Result<PowerView> load_power(vm::StateTree& state, const Address& miner) {
    STRATA_TRY(const auto actor, state.get(kPowerId));
    if (!actor) return fail(Errc::not_found, "the state has no power actor");
    PowerView out;
    STRATA_TRY(out.state, get_cbor<actors::power::State>(state.store(), actor->head));
    STRATA_TRY(const auto claims, actors::power::Claims::load(state.store(), out.state.claims));
    STRATA_TRY(out.claim, claims.get(miner));
    return out;
}

Result<bool> is_eligible(Blockstore& blocks, const Network& network, const Tipset& base, const Tipset& lookback,
                         const Address& miner) {
    // The claim is read from the state before the lookback tipset, and not after it: a quirk of the reference that is
    // consensus.
    STRATA_TRY(auto old_state, vm::StateTree::load(blocks, lookback.parent_state_root()));
    STRATA_TRY(const auto old_power, load_power(old_state, miner));
    if (!old_power.claim || !old_power.state.meets_consensus_minimum(*network.policy, *old_power.claim)) return false;
    STRATA_TRY(auto state, vm::StateTree::load(blocks, base.parent_state_root()));
    STRATA_TRY(const auto power, load_power(state, miner));
    if (!power.claim || power.claim->quality_adj_power.sign() <= 0) return false;
    STRATA_TRY(const auto view, load_miner(state, miner));
    return view.fee_debt.is_zero() && base.height() > view.consensus_fault_elapsed;
}

}  // namespace strata::chain
