#pragma once
// A miner as the generator sees it, with what its messages need.
#include <strata/actors/miner/messages.hpp>
#include <strata/actors/miner/methods.hpp>
#include <strata/actors/miner/proving_messages.hpp>
#include <strata/actors/miner/state.hpp>
#include <strata/actors/read/miner.hpp>
#include <strata/differential/scene.hpp>

namespace strata::differential {

using enum actors::miner::MinerMethod;
using actors::miner::MinerMethod;

struct MinerNow {
    ActorId id = 0;
    actors::miner::State state;
    actors::miner::MinerInfo info;
    actors::read::Miner reader;

    /// Somebody who may prove for the miner: its owner, its worker or a control address.
    ActorId controller(Dice& dice) const;
    ActorId owner() const { return info.owner.as_id().value_or(0); }
    /// The index that proofs of this sector size have in their group: 0 for 2 KiB, 1 for 8 MiB.
    std::int64_t size_index() const { return info.sector_size == SectorSize::size_2KiB ? 0 : 1; }
    /// Returns the deadline of now; the one that the state records may be older.
    actors::miner::DeadlineInfo deadline(ChainEpoch epoch) const { return state.deadline_info(epoch); }
    /// Returns true if sectors of this deadline may be changed now.
    bool is_mutable(std::uint64_t deadline_index, ChainEpoch epoch) const;
};

Result<MinerNow> load_miner(Scene& scene, ActorId id);
/// Empty if there is no miner.
Result<std::optional<MinerNow>> any_miner(Scene& scene);

/// A partition with sectors, and the index of its deadline.
struct Placed {
    std::uint64_t deadline = 0;
    std::uint64_t partition = 0;
    actors::read::PartitionView view;
};
/// The partitions of all deadlines.
Result<std::vector<Placed>> partitions_of(const MinerNow& miner);

/// Some of the sectors of a set, at least one. The set is not empty (checked).
BitField some_of(Dice& dice, const BitField& all);
/// A replica's CID of nobody's sector.
Cid any_replica(Dice& dice);
Cid any_piece(Dice& dice);
/// Bytes that the proof rule accepts, or sometimes not.
Bytes any_proof(Dice& dice, unsigned bad_percent);

/// A message to a miner of one that controls it.
template <class P>
Made control(Scene& scene, const MinerNow& miner, MinerMethod method, const P& params, std::string label,
             const TokenAmount& value = 0) {
    return scene.send_as(miner.controller(scene.dice), miner.id, method, to_cbor(params), std::move(label), value);
}

}  // namespace strata::differential
