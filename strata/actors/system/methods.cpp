#include <strata/actors/methods.hpp>
#include <strata/actors/system/state.hpp>

namespace strata::actors::system {
namespace {

Done constructor(Runtime& rt) {
    STRATA_OK(rt.require_caller({kSystemId}));
    const std::vector<std::pair<std::string, Cid>> none;
    STRATA_TRY(const Cid list, rt.check(put_cbor(rt.store(), none), ExitCode::illegal_state, "manifest"));
    return rt.set_state(State{list});
}

constexpr Method kMethods[] = {method<&constructor>(1)};

}  // namespace

std::span<const Method> methods() {
    return kMethods;
}

}  // namespace strata::actors::system
