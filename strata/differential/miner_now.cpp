#include <strata/differential/miner_now.hpp>

#include <strata/proofs/piece/commitment.hpp>

namespace strata::differential {

using namespace actors::miner;

ActorId MinerNow::controller(Dice& dice) const {
    std::vector<Address> all = info.control_addresses;
    all.push_back(info.owner);
    all.push_back(info.worker);
    all.push_back(info.worker);
    return dice.pick(all).as_id().value_or(0);
}

bool MinerNow::is_mutable(std::uint64_t deadline_index, ChainEpoch epoch) const {
    return deadline_is_mutable(state.current_proving_period_start(epoch), deadline_index, epoch);
}

Result<MinerNow> load_miner(Scene& scene, ActorId id) {
    STRATA_TRY(auto state, scene.view.state<State>(id));
    STRATA_TRY(auto reader, actors::read::Miner::load(scene.view.tree(), Address::id(id)));
    STRATA_TRY(auto info, reader.info());
    return MinerNow{id, std::move(state), std::move(info), std::move(reader)};
}

Result<std::optional<MinerNow>> any_miner(Scene& scene) {
    const auto id = scene.any(vm::ActorType::miner);
    if (!id) return std::optional<MinerNow>{};
    STRATA_TRY(auto miner, load_miner(scene, *id));
    return std::optional(std::move(miner));
}

Result<std::vector<Placed>> partitions_of(const MinerNow& miner) {
    STRATA_TRY(auto proving, miner.reader.proving());
    std::vector<Placed> out;
    for (std::size_t d = 0; d < proving.deadlines.size(); ++d)
        for (std::size_t p = 0; p < proving.deadlines[d].partitions.size(); ++p)
            out.push_back({d, p, std::move(proving.deadlines[d].partitions[p])});
    return out;
}

BitField some_of(Dice& dice, const BitField& all) {
    constexpr std::uint64_t most = 10'000;
    const auto positions = all.positions(most);
    STRATA_CHECK(positions && !positions->empty());
    BitField out;
    for (const auto position : *positions)
        if (dice.chance(50)) out.set(position);
    if (out.empty()) out.set(dice.pick(*positions));
    return out;
}

namespace {

// A commitment is a field element: its two top bits are zero.
Hash256 any_commitment(Dice& dice) {
    auto out = dice.hash();
    out[31] &= 0x3f;
    return out;
}

}  // namespace

Cid any_replica(Dice& dice) {
    return proofs::replica_cid(any_commitment(dice));
}
Cid any_piece(Dice& dice) {
    return proofs::piece_cid(any_commitment(dice));
}

Bytes any_proof(Dice& dice, unsigned bad_percent) {
    Bytes out = to_bytes(as_bytes(dice.chance(bad_percent) ? "bad " : "good"));
    append(out, dice.bytes(dice.below(20)));
    return out;
}

}  // namespace strata::differential
