#include <strata/conformance/lotus_genesis.hpp>

#include <strata/actors/bundle.hpp>
#include <strata/actors/read/account.hpp>
#include <strata/actors/table.hpp>
#include <strata/chain/genesis/genesis_car.hpp>
#include <strata/ipld/car.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::conformance {
namespace {

using chain::GenesisLot;

constexpr ActorId kFirstVerifierId = 81;

/// Returns the values that Lotus drew at random for the recorded genesis.
Result<GenesisLot> lot_of(Blockstore& store, const BlockHeader& recorded) {
    GenesisLot out;
    if (!recorded.ticket) return fail(Errc::malformed, "the recorded genesis has no ticket");
    if (recorded.ticket->vrf_proof.size() != out.ticket.size())
        return fail(Errc::malformed, "the recorded ticket has " + std::to_string(recorded.ticket->vrf_proof.size()) +
                                         " bytes, expected " + std::to_string(out.ticket.size()));
    std::ranges::copy(recorded.ticket->vrf_proof, out.ticket.begin());
    STRATA_TRY(auto tree, vm::StateTree::load(store, recorded.parent_state_root));
    STRATA_TRY(const auto verifier, tree.get(kFirstVerifierId));
    if (!verifier) return fail(Errc::malformed, "the recorded state has no actor f081, the first verifier");
    STRATA_TRY(out.first_verifier, actors::read::account_key(store, *verifier));
    return out;
}

/// Names the fields in which an actor of ours differs from the recorded one.
std::string difference(const vm::ActorState& recorded, const std::optional<vm::ActorState>& made) {
    if (!made) return " missing";
    std::string out;
    if (made->code != recorded.code) out += " code";
    if (made->head != recorded.head) out += " state";
    if (made->sequence != recorded.sequence) out += " nonce";
    if (made->balance != recorded.balance)
        out += " balance " + made->balance.to_string() + " (expected " + recorded.balance.to_string() + ")";
    if (made->delegated_address != recorded.delegated_address) out += " address";
    return out;
}

/// Lists the actors that differ, so that a wrong root can be explained.
Result<std::string> differences(Blockstore& store, const Cid& recorded_root, Blockstore& ours, const Cid& our_root) {
    STRATA_TRY(auto recorded, vm::StateTree::load(store, recorded_root));
    STRATA_TRY(auto made, vm::StateTree::load(ours, our_root));
    std::string out;
    std::size_t count = 0;
    STRATA_OK(recorded.for_each([&](ActorId id, const vm::ActorState& actor) -> Status {
        STRATA_TRY(const auto mine, made.get(id));
        const auto differs = difference(actor, mine);
        if (!differs.empty()) out += "; f0" + std::to_string(id) + ":" + differs;
        ++count;
        return {};
    }));
    std::size_t our_count = 0;
    STRATA_OK(made.for_each([&](ActorId, const vm::ActorState&) -> Status {
        ++our_count;
        return {};
    }));
    return "we made " + std::to_string(our_count) + " actors, expected " + std::to_string(count) + out;
}

/// Returns the CIDs of the blocks in a file, in the order of the file. Raw blocks, the code of actors, are left out.
Result<std::vector<Cid>> blocks_of(BytesView car) {
    std::vector<Cid> out;
    STRATA_OK(read_car(car, [&](const Cid& cid, BytesView) -> Status {
        if (cid.codec() != Codec::raw) out.push_back(cid);
        return {};
    }));
    return out;
}

/// Checks that our genesis, written as a file, has the same blocks in the same order.
Status compare_files(BytesView recorded, Blockstore& ours, const Cid& genesis) {
    Bytes file;
    STRATA_OK(chain::write_genesis_car(ours, genesis, [&](BytesView part) -> Status {
        append(file, part);
        return {};
    }));
    STRATA_TRY(const auto theirs, blocks_of(recorded));
    STRATA_TRY(const auto mine, blocks_of(file));
    if (theirs != mine)
        return fail(Errc::verification, "the blocks of our file, or their order, differ from the recorded file");
    MemoryBlockstore again;
    STRATA_TRY(const auto loaded, chain::load_genesis_car(memory_source(file), again));
    if (loaded.cid != genesis)
        return fail(Errc::verification,
                    "our file is read as the genesis " + loaded.cid.to_string() + ", expected " + genesis.to_string());
    return {};
}

}  // namespace

Status reproduce_genesis(std::string_view template_json, std::string_view network_json, BytesView car) {
    STRATA_TRY(const auto network, chain::parse_network(network_json));
    STRATA_TRY(const auto genesis_template, chain::parse_genesis_template(template_json));
    MemoryBlockstore recorded;
    STRATA_TRY(const auto genesis, chain::load_genesis_car(memory_source(car), recorded));
    // Lotus drew these values at random, so they are taken from the recorded genesis.
    STRATA_TRY(const auto lot, lot_of(recorded, genesis.header));

    MemoryBlockstore ours;
    const auto table = actors::native_actors();
    STRATA_TRY(const auto made,
               chain::make_genesis(ours, genesis_template, network, actors::devnet_bundle(), *table, lot));
    if (made.header.parent_state_root != genesis.header.parent_state_root) {
        STRATA_TRY(const auto differ,
                   differences(recorded, genesis.header.parent_state_root, ours, made.header.parent_state_root));
        return fail(Errc::verification, "the state differs: " + differ);
    }
    if (made.cid != genesis.cid)
        return fail(Errc::verification,
                    "our genesis is " + made.cid.to_string() + ", expected " + genesis.cid.to_string());
    return compare_files(car, ours, made.cid);
}

}  // namespace strata::conformance
