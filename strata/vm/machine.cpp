#include <strata/vm/machine.hpp>

#include <array>

namespace strata::vm {
namespace {

// Position = built-in actor number (fvm.md §2.4).
constexpr std::array<std::string_view, 17> kNames = {"",
                                                     "system",
                                                     "init",
                                                     "cron",
                                                     "account",
                                                     "storagepower",
                                                     "storageminer",
                                                     "storagemarket",
                                                     "paymentchannel",
                                                     "multisig",
                                                     "reward",
                                                     "verifiedregistry",
                                                     "datacap",
                                                     "placeholder",
                                                     "evm",
                                                     "eam",
                                                     "ethaccount"};

struct SystemState {
    Cid builtin_actors;
    STRATA_CBOR_TUPLE(builtin_actors);
};

}  // namespace

std::string_view actor_type_name(ActorType type) {
    return kNames.at(static_cast<std::size_t>(type));
}

Result<Manifest> Manifest::of_state(StateTree& tree) {
    STRATA_TRY(const auto system, tree.get(kSystemId));
    if (!system) return fail(Errc::internal, "the state has no system actor");
    STRATA_TRY(const auto state, get_cbor<SystemState>(tree.store(), system->head));
    using Entries = std::vector<std::pair<std::string, Cid>>;
    STRATA_TRY(const auto entries, get_cbor<Entries>(tree.store(), state.builtin_actors));
    Manifest manifest;
    for (const auto& [name, code] : entries) {
        const auto at = std::ranges::find(kNames, name);
        if (at == kNames.end() || name.empty()) return fail(Errc::malformed, "unknown actor in the manifest: " + name);
        manifest.add(static_cast<ActorType>(at - kNames.begin()), code);
    }
    return manifest;
}

}  // namespace strata::vm
