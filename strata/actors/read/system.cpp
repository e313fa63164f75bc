#include <strata/actors/read/system.hpp>

#include <strata/actors/read/state_of.hpp>
#include <strata/actors/system/state.hpp>

namespace strata::actors::read {
namespace {

constexpr unsigned kAddressMapWidth = 5;  // docs/protocol/fvm.md §8.3

}  // namespace

Result<std::string> network_name(vm::StateTree& tree) {
    STRATA_TRY(auto init, state_of<vm::InitState>(tree, kInitId));
    return std::move(init.network_name);
}

Result<std::optional<Address>> find_address(vm::StateTree& tree, ActorId id,
                                            const std::function<Status()>& check_may_continue) {
    STRATA_TRY(const auto init, state_of<vm::InitState>(tree, kInitId));
    STRATA_TRY(const auto addresses, Hamt::load(tree.store(), init.address_map, kAddressMapWidth));
    std::optional<Address> found;
    STRATA_OK(addresses.for_each([&](BytesView name, BytesView value) -> Result<bool> {
        STRATA_OK(check_may_continue());
        STRATA_TRY(const auto owner, from_cbor<ActorId>(value));
        if (owner != id) return true;
        STRATA_TRY(found, Address::from_bytes(name));
        return false;
    }));
    return found;
}

Result<Cid> manifest_data(vm::StateTree& tree) {
    STRATA_TRY(auto system, state_of<system::State>(tree, kSystemId));
    return std::move(system.builtin_actors);
}

}  // namespace strata::actors::read
