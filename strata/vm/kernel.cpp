#include <strata/vm/kernel.hpp>

#include <array>

#include <strata/vm/state_tree.hpp>

namespace strata::vm {
namespace {

// The index of a name is the number of the built-in actor (docs/protocol/fvm.md §2.4).
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

Result<ActorType> actor_type_of(std::string_view name) {
    const auto at = std::ranges::find(kNames, name);
    if (at == kNames.end() || name.empty())
        return fail(Errc::malformed, "the manifest names an unknown actor \"" + std::string(name) + "\"");
    return static_cast<ActorType>(at - kNames.begin());
}

Result<Manifest> Manifest::of_state(StateTree& tree) {
    STRATA_TRY(const auto system, tree.get(kSystemId));
    if (!system) return fail(Errc::internal, "the state has no system actor");
    STRATA_TRY(const auto state, get_cbor<SystemState>(tree.store(), system->head));
    using Entries = std::vector<std::pair<std::string, Cid>>;
    STRATA_TRY(const auto entries, get_cbor<Entries>(tree.store(), state.builtin_actors));
    Manifest manifest;
    for (const auto& [name, code] : entries) {
        STRATA_TRY(const auto type, actor_type_of(name));
        manifest.add(type, code);
    }
    return manifest;
}

Syscall<void> Kernel::emit_event(std::span<const EventEntry> entries) {
    std::vector<EventHeader> headers;
    Bytes keys;
    Bytes values;
    for (const auto& [flags, key, codec, value] : entries) {
        headers.push_back(
            {flags, codec, static_cast<std::uint32_t>(key.size()), static_cast<std::uint32_t>(value.size())});
        append(keys, as_bytes(key));
        append(values, value);
    }
    return emit_packed_event(headers, keys, values);
}

}  // namespace strata::vm
