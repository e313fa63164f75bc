#include <strata/migration/migration.hpp>

#include <strata/actors/read/state_of.hpp>
#include <strata/actors/system/state.hpp>
#include <strata/migration/solstice.hpp>

namespace strata::migration {
namespace {

using vm::ActorType;

// Returns the new code for each code of the state's manifest.
Result<CodeMap> codes_between(const vm::Manifest& from, const vm::Manifest& to) {
    CodeMap out;
    for (const auto& [type, code] : from.codes) {
        const auto it = to.codes.find(type);
        if (it == to.codes.end())
            return fail(Errc::internal, "the new bundle has no code for the actor " +
                                            std::string(vm::actor_type_name(type)) + " of the state's manifest");
        out.emplace(code, it->second);
    }
    return out;
}

// A name or a code that is twice in the manifest would leave open which code an actor gets. Source: go-state-types
// builtin/v19/migration/top.go (codes), forest 0.39.0 src/shim/machine/manifest.rs (names).
Status check_unique(vm::StateTree& tree, const vm::Manifest& manifest) {
    STRATA_TRY(const auto system, actors::state_of<actors::system::State>(tree, kSystemId));
    using Entries = std::vector<std::pair<std::string, Cid>>;
    STRATA_TRY(const auto entries, get_cbor<Entries>(tree.store(), system.builtin_actors));
    if (entries.size() == manifest.codes.size() && entries.size() == manifest.types.size()) return {};
    return fail(Errc::internal, "the state's manifest has " + std::to_string(entries.size()) + " entries with " +
                                    std::to_string(manifest.codes.size()) + " names and " +
                                    std::to_string(manifest.types.size()) + " codes; expected each of them once");
}

struct Before {
    vm::StateTree tree;
    vm::Manifest manifest;
    CodeMap codes;
};
Result<Before> open(Blockstore& blocks, const Cid& root, const actors::Bundle& to) {
    STRATA_TRY(auto tree, vm::StateTree::load(blocks, root));
    STRATA_TRY(auto manifest, vm::Manifest::of_state(tree));
    STRATA_OK(check_unique(tree, manifest));
    STRATA_TRY(auto codes, codes_between(manifest, to.manifest));
    return Before{std::move(tree), std::move(manifest), std::move(codes)};
}

// Stores the new state of a singleton.
template <class S>
Status set_state(vm::StateTree& tree, ActorId id, const S& state) {
    STRATA_TRY(auto actor, tree.get(id));
    if (!actor) return fail(Errc::not_found, "the state has no actor f0" + std::to_string(id));
    STRATA_TRY(actor->head, put_cbor(tree.store(), state));
    tree.set(id, std::move(*actor));
    return {};
}

Status set_manifest(vm::StateTree& tree, const vm::Manifest& manifest) {
    STRATA_TRY(const Cid data, actors::store_manifest_data(tree.store(), manifest));
    return set_state(tree, kSystemId, actors::system::State{data});
}

}  // namespace

Status prepare(Blockstore& blocks, const Cid& root, const actors::Bundle& to, NodeCache& cache) {
    STRATA_TRY(const auto before, open(blocks, root, to));
    STRATA_OK(swap_codes(blocks, root, before.codes, cache));
    return {};
}

Result<Cid> to_fire_horse(Blockstore& blocks, const Cid& root, const actors::Bundle& to, NodeCache& cache) {
    STRATA_TRY(const auto before, open(blocks, root, to));
    STRATA_TRY(const Cid swapped, swap_codes(blocks, root, before.codes, cache));
    STRATA_TRY(auto tree, vm::StateTree::load(blocks, swapped));
    STRATA_OK(set_manifest(tree, to.manifest));
    return tree.flush();
}

Result<Cid> to_solstice(Blockstore& blocks, const Cid& root, ChainEpoch height, const actors::Bundle& to,
                        NodeCache& cache) {
    STRATA_TRY(auto before, open(blocks, root, to));
    const auto channel = before.manifest.codes.find(ActorType::payment_channel);
    if (channel == before.manifest.codes.end())
        return fail(Errc::internal, "the state's manifest has no code for payment channels");
    STRATA_TRY(const auto plan, resolve(stream_plan(to.name), before.tree, channel->second));
    STRATA_TRY(auto reward, actors::state_of<actors::reward::State>(before.tree, kRewardId));
    STRATA_TRY(auto market, actors::state_of<actors::market::State>(before.tree, kMarketId));
    STRATA_TRY(const auto new_reward, reward_after(blocks, std::move(reward), plan, height + 1));

    STRATA_TRY(const Cid swapped, swap_codes(blocks, root, before.codes, cache));
    STRATA_TRY(auto tree, vm::StateTree::load(blocks, swapped));
    STRATA_OK(set_manifest(tree, to.manifest));
    STRATA_OK(set_state(tree, kRewardId, new_reward));
    STRATA_OK(set_state(tree, kMarketId, market_after(std::move(market))));
    return tree.flush();
}

}  // namespace strata::migration
